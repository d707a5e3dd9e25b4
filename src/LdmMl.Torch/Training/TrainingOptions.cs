namespace LdmMl.Torch.Training;

/// <summary>How to train, whatever is trained.</summary>
public abstract record TrainingOptions
{
    private protected TrainingOptions()
    {
    }

    /// <summary>Gets how often every image is seen, at least 1; unused when <see cref="Steps"/> is given.</summary>
    /// <value>Default: 10.</value>
    public int Epochs { get; init; } = 10;

    /// <summary>Gets how many steps to take, at least 1, whatever number of epochs that is.</summary>
    /// <value>Default: null, as many as <see cref="Epochs"/> need.</value>
    public int? Steps { get; init; }

    /// <summary>Gets how many images a step sees, at least 1; an epoch's last step sees the rest.</summary>
    /// <value>Default: 16.</value>
    public int BatchSize { get; init; } = 16;

    /// <summary>
    /// Gets the seed of everything that is drawn: order, flips, noise and first weights that are not given. The same seed gives the same weights to
    /// the last bit on the same machine's CPU.
    /// </summary>
    /// <value>Default: 0.</value>
    public long Seed { get; init; }

    /// <summary>Gets the largest learning rate, above 0.</summary>
    /// <value>Default: 0.001 for autoencoders and 0.0002 for diffusion, for small networks; the published ones use 4.5e-6 and 1e-6 to 2e-6 per image
    /// of the batch.</value>
    public double LearningRate { get; init; }

    /// <summary>Gets over how many first steps the learning rate rises linearly, at least 0.</summary>
    /// <value>Default: 0.</value>
    public int WarmupSteps { get; init; }

    /// <summary>Gets how the learning rate goes on after the warm-up.</summary>
    /// <value>Default: <see cref="LearningRateDecay.None"/>.</value>
    public LearningRateDecay Decay { get; init; }

    /// <summary>Gets Adam's decay of the mean gradient, 0 to below 1.</summary>
    /// <value>Default: 0.5 for autoencoders, 0.9 for diffusion, as published.</value>
    public double Beta1 { get; init; }

    /// <summary>Gets Adam's decay of the mean squared gradient, 0 to below 1.</summary>
    /// <value>Default: 0.9 for autoencoders, 0.999 for diffusion, as published.</value>
    public double Beta2 { get; init; }

    /// <summary>Gets the decoupled weight decay (AdamW), at least 0.</summary>
    /// <value>Default: 0 for autoencoders, which is Adam; 0.01 for diffusion, as published.</value>
    public double WeightDecay { get; init; }

    /// <summary>Gets the largest norm of all gradients together; larger ones are scaled down to it.</summary>
    /// <value>Default: null for autoencoders, no clipping; 1 for diffusion.</value>
    public double? GradientClipNorm { get; init; }

    /// <summary>Gets a value indicating whether every image is mirrored left to right half of the times it is seen.</summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool HorizontalFlips { get; init; }

    /// <summary>Gets after how many steps there is a validation, at least 1; there is also one after the last step.</summary>
    /// <value>Default: null, after every epoch.</value>
    public int? ValidationInterval { get; init; }

    /// <summary>Computes how many steps a training on some images takes.</summary>
    internal int StepsFor(int images) => Steps ?? checked(Epochs * ((images + BatchSize - 1) / BatchSize));

    /// <summary>Throws when an option is outside its range.</summary>
    /// <exception cref="ArgumentException">An option is outside its range; the message says which, and what it may be.</exception>
    internal virtual void Validate()
    {
        Require(Epochs >= 1, $"{nameof(Epochs)} is {Epochs}; it must be at least 1.");
        Require(Steps is null or >= 1, $"{nameof(Steps)} is {Steps}; it must be at least 1, or null to count epochs.");
        Require(BatchSize >= 1, $"{nameof(BatchSize)} is {BatchSize}; it must be at least 1.");
        Require(LearningRate > 0 && double.IsFinite(LearningRate), $"{nameof(LearningRate)} is {LearningRate}; it must be above 0.");
        Require(WarmupSteps >= 0, $"{nameof(WarmupSteps)} is {WarmupSteps}; it must be at least 0.");
        Require(Enum.IsDefined(Decay), $"{nameof(Decay)} is {Decay}; it must be one of {string.Join(", ", Enum.GetNames<LearningRateDecay>())}.");
        Require(
            Beta1 is >= 0 and < 1 && Beta2 is >= 0 and < 1,
            $"{nameof(Beta1)} and {nameof(Beta2)} are {Beta1} and {Beta2}; both must be at least 0 and below 1.");
        Require(WeightDecay >= 0 && double.IsFinite(WeightDecay), $"{nameof(WeightDecay)} is {WeightDecay}; it must be at least 0.");
        Require(GradientClipNorm is null or > 0, $"{nameof(GradientClipNorm)} is {GradientClipNorm}; it must be above 0, or null for no clipping.");
        Require(
            ValidationInterval is null or >= 1,
            $"{nameof(ValidationInterval)} is {ValidationInterval}; it must be at least 1, or null for every epoch.");
    }

    private protected void Require(bool holds, string message)
    {
        if (!holds)
            throw new ArgumentException($"{GetType().Name}: {message}");
    }
}
