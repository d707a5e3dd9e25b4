using LdmMl.Torch.Diffusion;

namespace LdmMl.Torch.Losses;

/// <summary>How the errors of a diffusion network count (Ho et al. 2020, section 3.4; Rombach et al. 2022, eq. 2).</summary>
public sealed record DiffusionLossOptions
{
    /// <summary>Gets what the network predicts.</summary>
    /// <value>Default: <see cref="Prediction.Epsilon"/>.</value>
    public Prediction Prediction { get; init; }

    /// <summary>Gets how one value's error counts.</summary>
    /// <value>Default: <see cref="ReconstructionError.Squared"/>.</value>
    public ReconstructionError Error { get; init; } = ReconstructionError.Squared;

    /// <summary>Gets the weight of the mean error, at least 0 (CompVis <c>l_simple_weight</c>; Ho et al. 2020, eq. 14).</summary>
    /// <value>Default: 1.</value>
    public double SimpleWeight { get; init; } = 1;

    /// <summary>Gets the weight of the variational bound, at least 0 (CompVis <c>original_elbo_weight</c>; Ho et al. 2020, eq. 12).</summary>
    /// <value>Default: 0.</value>
    public double VariationalWeight { get; init; }

    /// <summary>Gets the log variance with which errors are assumed to scatter at every step (CompVis <c>logvar_init</c>).</summary>
    /// <value>Default: 0.</value>
    public double LogVariance { get; init; }

    /// <summary>Gets a value indicating whether the log variance is learned, one for each step (CompVis <c>learn_logvar</c>).</summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool LearnLogVariance { get; init; }

    /// <summary>Gets the largest signal-to-noise ratio that counts (min-SNR-gamma; Hang et al. 2023, section 3.4), above 0.</summary>
    /// <value>Default: null, every step counts the same.</value>
    public double? MinimumSnrGamma { get; init; }

    /// <summary>Throws when an option is outside its range.</summary>
    internal void Validate()
    {
        Require(Enum.IsDefined(Prediction), $"{nameof(Prediction)} is {Prediction}; it must be one of {string.Join(", ", Enum.GetNames<Prediction>())}.");
        Require(Enum.IsDefined(Error), $"{nameof(Error)} is {Error}; it must be one of {string.Join(", ", Enum.GetNames<ReconstructionError>())}.");
        Require(SimpleWeight >= 0 && double.IsFinite(SimpleWeight), $"{nameof(SimpleWeight)} is {SimpleWeight}; it must be at least 0.");
        Require(VariationalWeight >= 0 && double.IsFinite(VariationalWeight), $"{nameof(VariationalWeight)} is {VariationalWeight}; it must be at least 0.");
        Require(SimpleWeight + VariationalWeight > 0, $"{nameof(SimpleWeight)} and {nameof(VariationalWeight)} are both 0; nothing would be learned.");
        Require(double.IsFinite(LogVariance), $"{nameof(LogVariance)} is {LogVariance}; it must be a finite number.");
        Require(MinimumSnrGamma is null || (MinimumSnrGamma > 0 && double.IsFinite(MinimumSnrGamma.Value)), $"{nameof(MinimumSnrGamma)} is {MinimumSnrGamma}; it must be above 0, or null.");
    }

    private static void Require(bool holds, string message)
    {
        if (!holds)
            throw new ArgumentException($"{nameof(DiffusionLossOptions)}: {message}");
    }
}
