using System.Numerics;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Distributed;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Training.Monitoring;
using LdmMl.Torch.Training.States;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>The options that the trainers of autoencoders and of diffusion models share.</summary>
public abstract record TrainingOptions
{
    private const int LongestWarmup = 100, WarmupShare = 10, RecordedSteps = 1000, MostReaders = 8;

    private protected TrainingOptions()
    {
    }

    /// <summary>Gets the number of passes over the images, at least 1; unused when <see cref="Steps"/> is given.</summary>
    /// <value>Default: 10 for autoencoders, 100 for diffusion.</value>
    public int Epochs { get; init; }

    /// <summary>Gets the number of steps, at least 1, whatever number of epochs that is.</summary>
    /// <value>Default: null, as many as <see cref="Epochs"/> need.</value>
    public int? Steps { get; init; }

    /// <summary>Gets the number of images in a batch, at least 1; an epoch's last batch has the rest.</summary>
    /// <value>Default: 16.</value>
    public int BatchSize { get; init; } = 16;

    /// <summary>
    /// Gets the number of batches whose gradients a step averages (gradient accumulation), at least 1: as many images as in one batch that many times
    /// as large, in the memory of one. Batch norm in a discriminator still sees one batch at a time.
    /// </summary>
    /// <value>Default: 1.</value>
    /// <remarks>
    /// Each batch's gradient is computed alone, and they are added as a tree: neighbours first, then pairs of neighbours. Processes that share a step
    /// (<see cref="Processes"/>) compute its branches, so that their number changes the time and no bit of the weights; they need a power of two of
    /// batches, at least as many as there are processes.
    /// </remarks>
    public int AccumulatedBatches { get; init; } = 1;

    /// <summary>Gets which processes train together.</summary>
    /// <value>
    /// Default: <see cref="TrainingProcesses.Launched"/>: those that <c>mpirun</c> or <c>mpiexec</c> started together with this one, if it was started
    /// so. Every process calls the trainer with the same options and data; only the first reports, and writes the state.
    /// </value>
    public TrainingProcesses Processes { get; init; }

    /// <summary>
    /// Gets the seed of everything random: order, flips, noise and initial weights. The same seed gives the same weights to
    /// the last bit on the same machine's CPU.
    /// </summary>
    /// <value>Default: 0.</value>
    public long Seed { get; init; }

    /// <summary>
    /// Gets how convolutions and normalisations are computed, with their gradients, on the CPU in float32: in <see cref="ConvolutionMode.Auto"/> and
    /// <see cref="ConvolutionMode.Exact"/> on the library's kernels, in <see cref="ConvolutionMode.Direct"/> by libtorch. A state is resumed in the mode
    /// in which it was written.
    /// </summary>
    /// <value>Default: <see cref="ConvolutionMode.Auto"/>. A layer's gradients deviate from libtorch's by at most a relative root mean square of 1e-5.</value>
    public ConvolutionMode Convolutions { get; init; }

    /// <summary>Gets the peak learning rate, above 0.</summary>
    /// <value>
    /// Default: 0.001 for autoencoders and 0.0002 for diffusion, for small networks; the published ones use 4.5e-6 and 1e-6 to 2e-6 per image of the
    /// batch.
    /// </value>
    public double LearningRate { get; init; }

    /// <summary>Gets the number of initial steps over which the learning rate rises linearly, at least 0.</summary>
    /// <value>
    /// Default: null: a tenth of the steps, at most 100; without <see cref="Decay"/>, where no rate depends on the number of steps, 100.
    /// </value>
    public int? WarmupSteps { get; init; }

    /// <summary>Gets how the learning rate changes after the warm-up (<see cref="LearningRateSchedule"/>).</summary>
    /// <value>
    /// Default: <see cref="LearningRateDecay.Cosine"/> for autoencoders; <see cref="LearningRateDecay.None"/> for diffusion, whose moving average
    /// does the same, and which can then go on for more steps.
    /// </value>
    public LearningRateDecay Decay { get; init; }

    /// <summary>Gets Adam's decay of the mean gradient, in [0, 1).</summary>
    /// <value>Default: 0.5 for autoencoders, 0.9 for diffusion, as published.</value>
    public double Beta1 { get; init; }

    /// <summary>Gets Adam's decay of the mean squared gradient, in [0, 1).</summary>
    /// <value>Default: 0.9 for autoencoders, 0.999 for diffusion, as published.</value>
    public double Beta2 { get; init; }

    /// <summary>Gets the decoupled weight decay (AdamW), at least 0.</summary>
    /// <value>Default: 0 for autoencoders, which makes it plain Adam; 0.01 for diffusion, as published.</value>
    public double WeightDecay { get; init; }

    /// <summary>Gets the largest norm of all gradients together; larger ones are scaled down to it.</summary>
    /// <value>Default: null for autoencoders, no clipping; 1 for diffusion.</value>
    public double? GradientClipNorm { get; init; }

    /// <summary>
    /// Gets the decay of the weights' moving average (EMA; <see cref="EmaWeights"/>), in [0, 1): the share of the average that a step keeps in the
    /// long run, less in the first steps. The validation and the trained model use the average.
    /// </summary>
    /// <value>
    /// Default: 0.9999 for diffusion, as published; null for autoencoders, no average: the trained model has the weights of the last step.
    /// </value>
    public double? EmaDecay { get; init; }

    /// <summary>Gets whether images are mirrored left to right, each with probability 1/2 each time it is seen.</summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool HorizontalFlips { get; init; }

    /// <summary>
    /// Gets the number of threads that read images ahead of the training, at least 0, if the set allows it
    /// (<see cref="IImageSet.AllowsReadAhead"/>); with 0 the training thread reads. It does not change a bit of the training.
    /// </summary>
    /// <value>Default: half of the processors, 1 to 8.</value>
    public int ReaderThreads { get; init; } = Math.Clamp(Environment.ProcessorCount / 2, 1, MostReaders);

    /// <summary>Gets the receiver of sentences about the training data: where it is, and what is reused.</summary>
    /// <value>Default: null.</value>
    [JsonIgnore]
    public IProgress<string>? Notes { get; init; }

    /// <summary>Gets the number of steps between two validations, at least 1; there is also one after the last step.</summary>
    /// <value>Default: null, after every epoch.</value>
    public int? ValidationInterval { get; init; }

    /// <summary>
    /// Gets whether the trained model has the weights of the best validation instead of the last step: of the smallest
    /// <see cref="ReconstructionValidation.MeanAbsoluteError"/> or <see cref="DiffusionValidation.Loss"/>. Needs images to validate on.
    /// </summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool KeepBest { get; init; }

    /// <summary>
    /// Gets the number of validations without improvement after which the training ends (early stopping), at least 1. Needs images to validate on.
    /// </summary>
    /// <value>Default: null, all steps are taken.</value>
    public int? Patience { get; init; }

    /// <summary>
    /// Gets the number of steps between two entries of <see cref="TrainingResult{TModel}.History"/>, at least 1. The first and the last step and
    /// those with a validation or a verdict are always there.
    /// </summary>
    /// <value>Default: null, so that a training has about 1,000 entries.</value>
    public int? HistoryInterval { get; init; }

    /// <summary>
    /// Gets the number of steps between two preview sheets (<see cref="TrainingStep.Preview"/>), at least 1;
    /// there is also one after the last step. They do not affect the training. A sheet of a diffusion model costs the generation of eight images.
    /// </summary>
    /// <value>Default: null, no sheets.</value>
    public int? PreviewInterval { get; init; }

    /// <summary>
    /// Gets the folder of the training's state: weights, averages, Adam's moments, positions of the random streams and in the data, options and
    /// history. A training resumed from it ends with the same weights, bit for bit, as one that was never interrupted.
    /// </summary>
    /// <value>Default: null, no state. With one, the folder takes three to four times the size of the weights.</value>
    public string? StateFolder { get; init; }

    /// <summary>Gets the number of steps between two writes of the state, at least 1; it is also written at the end, and on cancellation.</summary>
    /// <value>Default: 1000.</value>
    public int SaveInterval { get; init; } = 1000;

    /// <summary>
    /// Gets the time after which the state is written even if <see cref="SaveInterval"/> has not been reached: after the first step that ends later.
    /// </summary>
    /// <value>Default: 15 minutes. Null: only the steps count.</value>
    public TimeSpan? SavePeriod { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// Gets whether the training resumes from the state in <see cref="StateFolder"/>. Data, network and options must be those it was started with;
    /// <see cref="Steps"/> and <see cref="Epochs"/> may be larger if the learning rate does not depend on them. A finished training returns its
    /// model at once.
    /// </summary>
    /// <value>Default: <see langword="false"/>: the training starts from the beginning, and it is an error if there is a state already.</value>
    public bool Resume { get; init; }

    /// <summary>Gets the clock for <see cref="SavePeriod"/> and the reported speed.</summary>
    internal TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Gets the processes that train together.</summary>
    internal IProcesses Together => Processes == TrainingProcesses.Alone ? OneProcess.Instance : Launcher.Processes;

    /// <summary>Gets how many steps the monitor looks back and waits.</summary>
    internal MonitorPace MonitorPace { get; init; } = MonitorPace.Usual;

    /// <summary>Computes the number of steps of a training.</summary>
    /// <param name="images">The number of training images.</param>
    /// <returns><see cref="Steps"/>, or as many as <see cref="Epochs"/> need.</returns>
    public int StepsFor(int images)
    {
        var batches = checked(Epochs * ((images + BatchSize - 1) / BatchSize));
        return Steps ?? (int)(((long)batches + AccumulatedBatches - 1) / AccumulatedBatches);
    }

    /// <exception cref="OptionException">An option needs validation images, and there are none.</exception>
    internal void RequireValidation(bool hasValidation)
    {
        Check.That(hasValidation || !KeepBest, KeepBest, "it needs validation images");
        Check.That(hasValidation || Patience is null, Patience, "it needs validation images");
    }

    /// <summary>Checks before any work that processes can share a step, and that they do the same training.</summary>
    /// <param name="processes">The processes.</param>
    /// <param name="describe">Describes the training.</param>
    /// <exception cref="OptionException">The batches cannot be shared.</exception>
    /// <exception cref="InvalidOperationException">The processes differ; the message says in what.</exception>
    internal virtual void RequireProcesses(IProcesses processes, Func<JsonObject> describe)
    {
        if (processes.Count == 1)
            return;
        Check.That(
            BitOperations.IsPow2(AccumulatedBatches) && AccumulatedBatches >= processes.Count, AccumulatedBatches,
            $"{processes.Count} processes share the batches of a step, so it must be a power of two and at least {processes.Count}");
        processes.RequireSame("The number of threads", $"{get_num_threads()}",
            "Sums depend on it in their last bits: set OMP_NUM_THREADS to one number for all processes.");
        processes.RequireSame("The length of vectors, in floats,", $"{Vector<float>.Count}", "Use machines of one kind: sums depend on it in their last bits.");
        TrainingSetup.RequireSame(processes, describe());
    }

    internal int WarmupFor(int steps) =>
        WarmupSteps ?? (Decay == LearningRateDecay.None ? LongestWarmup : Math.Min(LongestWarmup, steps / WarmupShare));

    internal int HistoryIntervalFor(int steps) => HistoryInterval ?? Math.Max(1, steps / RecordedSteps);

    /// <summary>Creates the optimiser of a network.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="scale">A further parameter that does not decay; null for none.</param>
    /// <param name="steps">The number of steps.</param>
    /// <param name="rateFactors">The factor of the learning rate for some of the weights; null for 1.</param>
    internal AdamOptimizer OptimizerFor(
        IEnumerable<Parameter> weights, Parameter? scale, int steps, IReadOnlyDictionary<Parameter, double>? rateFactors = null) => new(weights, scale)
    {
        RateFactors = rateFactors ?? new Dictionary<Parameter, double>(),
        Schedule = new LearningRateSchedule(LearningRate, steps, WarmupFor(steps), Decay),
        Beta1 = Beta1, Beta2 = Beta2, WeightDecay = WeightDecay, ClipNorm = GradientClipNorm,
    };

    /// <summary>Throws when an option is outside its range.</summary>
    /// <exception cref="OptionException">An option is outside its range.</exception>
    internal virtual void Validate()
    {
        Check.AtLeast(Epochs, 1);
        Check.That(Steps is null or >= 1, Steps, $"it must be at least 1, or {Wording.Nothing} to count epochs");
        Check.AtLeast(BatchSize, 1);
        Check.Above(LearningRate, 0);
        Check.That(WarmupSteps is null or >= 0, WarmupSteps, $"it must be at least 0, or {Wording.Nothing} for 100 and, with a decay, at most a tenth of the steps");
        Check.Defined(Convolutions);
        Check.Defined(Decay);
        Check.That(Beta1 is >= 0 and < 1, Beta1, "it must be at least 0 and below 1");
        Check.That(Beta2 is >= 0 and < 1, Beta2, "it must be at least 0 and below 1");
        Check.AtLeast(WeightDecay, 0);
        Check.That(GradientClipNorm is null or > 0, GradientClipNorm, $"it must be above 0, or {Wording.Nothing} for no clipping");
        Check.That(EmaDecay is null or (>= 0 and < 1), EmaDecay, $"it must be at least 0 and below 1, or {Wording.Nothing} for no moving average");
        Check.That(ValidationInterval is null or >= 1, ValidationInterval, $"it must be at least 1, or {Wording.Nothing} for every epoch");
        Check.AtLeast(AccumulatedBatches, 1);
        Check.AtLeast(ReaderThreads, 0);
        Check.Defined(Processes);
        Check.That(Patience is null or >= 1, Patience, $"it must be at least 1, or {Wording.Nothing} to take all steps");
        Check.That(HistoryInterval is null or >= 1, HistoryInterval, $"it must be at least 1, or {Wording.Nothing} for about 1,000 entries");
        Check.That(PreviewInterval is null or >= 1, PreviewInterval, $"it must be at least 1, or {Wording.Nothing} for no sheets");
        Check.AtLeast(SaveInterval, 1);
        Check.That(SavePeriod is null || SavePeriod > TimeSpan.Zero, SavePeriod, $"it must be above 0, or {Wording.Nothing} to count only steps");
        Check.That(!Resume || !string.IsNullOrEmpty(StateFolder), StateFolder, $"{nameof(Resume)} needs the folder of the state");
    }
}
