using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion;

namespace LdmMl.Torch.Losses;

/// <summary>The loss of a diffusion network (Ho et al. 2020, section 3.4; Rombach et al. 2022, eq. 2).</summary>
public sealed record DiffusionLossOptions
{
    /// <summary>Gets what the network predicts (<c>parameterization</c>, <c>prediction_type</c>).</summary>
    /// <value>Default: <see cref="Prediction.Epsilon"/>.</value>
    public Prediction Prediction { get; init; }

    /// <summary>Gets the elementwise error (<c>loss_type</c>).</summary>
    /// <value>Default: <see cref="ReconstructionError.Squared"/>.</value>
    public ReconstructionError Error { get; init; } = ReconstructionError.Squared;

    /// <summary>Gets the weight of the mean error, at least 0 (CompVis <c>l_simple_weight</c>; Ho et al. 2020, eq. 14).</summary>
    /// <value>Default: 1.</value>
    public double SimpleWeight { get; init; } = 1;

    /// <summary>Gets the weight of the variational bound, at least 0 (CompVis <c>original_elbo_weight</c>; Ho et al. 2020, eq. 12).</summary>
    /// <value>Default: 0.</value>
    public double VariationalWeight { get; init; }

    /// <summary>Gets the assumed log variance of the errors at every step (CompVis <c>logvar_init</c>).</summary>
    /// <value>Default: 0.</value>
    public double LogVariance { get; init; }

    /// <summary>Gets whether the log variance is learned, one for each step (CompVis <c>learn_logvar</c>).</summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool LearnLogVariance { get; init; }

    /// <summary>Gets the largest signal-to-noise ratio that counts (min-SNR-gamma; Hang et al. 2023, section 3.4), above 0.</summary>
    /// <value>Default: null, all steps have the same weight.</value>
    public double? MinimumSnrGamma { get; init; }

    /// <summary>Throws when an option is outside its range.</summary>
    internal void Validate()
    {
        Check.Defined(Prediction);
        Check.Defined(Error);
        Check.AtLeast(SimpleWeight, 0);
        Check.AtLeast(VariationalWeight, 0);
        Check.That(
            SimpleWeight + VariationalWeight > 0, SimpleWeight, $"and {nameof(VariationalWeight)} is 0 too; one of them must be above 0");
        Check.That(double.IsFinite(LogVariance), LogVariance, "it must be a finite number");
        Check.That(
            MinimumSnrGamma is null || (MinimumSnrGamma > 0 && double.IsFinite(MinimumSnrGamma.Value)), MinimumSnrGamma,
            $"it must be above 0, or {Wording.Nothing} for no limit");
    }
}
