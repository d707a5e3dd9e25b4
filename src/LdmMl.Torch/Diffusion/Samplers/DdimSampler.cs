using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion.Storage;
using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>
/// DDIM (Song et al. 2021, eq. 12 and 16): deterministic for eta 0, as noisy as ancestral sampling for eta 1.
/// Noise is drawn once per step, and not at all for eta 0.
/// </summary>
public sealed record DdimSampler : Sampler
{
    /// <summary>Gets how much fresh noise each step adds, 0 to 1.</summary>
    /// <value>Default: 0.</value>
    public double Eta { get; init; }

    /// <summary>Gets the factor of fresh noise, at least 0.</summary>
    /// <value>Default: 1.</value>
    public double Temperature { get; init; } = 1;

    /// <summary>Computes the deviation of the noise that a step adds (eq. 16).</summary>
    /// <param name="alphaBar">alphaBar before the step.</param>
    /// <param name="next">alphaBar after it.</param>
    /// <param name="eta">eta.</param>
    /// <returns>sigma, at least 0.</returns>
    internal static double Sigma(double alphaBar, double next, double eta) =>
        eta * Math.Sqrt((1 - next) / (1 - alphaBar) * (1 - (alphaBar / next)));

    /// <summary>x' = sqrt(alphaBar') x_0 + sqrt(1 - alphaBar' - sigma²) epsilon, the part of eq. 12 without fresh noise.</summary>
    internal static Tensor Move(Tensor start, Tensor epsilon, NoiseLevel to, double sigma)
    {
        using var scope = NewDisposeScope();
        var spread = Math.Sqrt(Math.Max((to.Sigma * to.Sigma) - (sigma * sigma), 0));
        return scope.MoveToOuter((start * Real(to.Alpha)).Plus(epsilon * Real(spread)));
    }

    /// <summary>
    /// Gets whether epsilon is recomputed from a limited x_0 (<c>use_clipped_model_output</c>), where the settings limit it;
    /// otherwise it is the network's.
    /// </summary>
    /// <value>Default: <see langword="false"/>.</value>
    [KnownAs("use_clipped_model_output")]
    public bool UseClippedEpsilon { get; init; }

    /// <inheritdoc/>
    public override SamplerNeeds Needs => SamplerNeeds.Timesteps with { LimitsEpsilon = UseClippedEpsilon };

    /// <inheritdoc/>
    public override void Validate()
    {
        Check.Within(Eta, 0, 1);
        Check.AtLeast(Temperature, 0);
    }

    /// <inheritdoc/>
    protected override Tensor TakeStep(SamplingRun run, Tensor state, int index)
    {
        var (from, to) = run.Plan.Steps[index];
        var denoised = run.Denoise(state, from);
        var sigma = Eta == 0 ? 0 : Sigma(from.AlphaBar, to.AlphaBar, Eta);
        var next = Move(denoised.Start, denoised.Epsilon, to, sigma);
        return Eta == 0 ? next : next.Plus(run.Draw(state) * Real(sigma * Temperature));
    }
}
