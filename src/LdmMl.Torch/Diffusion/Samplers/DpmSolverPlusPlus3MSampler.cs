using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>
/// DPM-Solver++(3M) with fresh noise (k-diffusion <c>dpmpp_3m_sde</c>): third order from the last three x_0, one network call a step.
/// Noise is drawn where eta is above 0, in every step that does not end at the clean image.
/// </summary>
public sealed record DpmSolverPlusPlus3MSampler : Sampler
{
    /// <summary>Gets how much fresh noise each step adds: 0 none, 1 as much as the reverse process has. At least 0.</summary>
    /// <value>Default: 1.</value>
    public double Eta { get; init; } = 1;

    internal override void Validate()
    {
        if (!(Eta >= 0 && double.IsFinite(Eta)))
            throw new ArgumentException($"{nameof(Eta)} is {Eta}; it must be at least 0.");
    }

    internal override Tensor Step(SamplingRun run, Tensor state, int index)
    {
        var step = run.Plan.Steps[index];
        var denoised = run.Denoise(state, step.From);
        var exponential = new ExponentialStep(step, Eta);
        var next = exponential.Move(state, denoised.Start);
        if (run.PastCount > 0 && step.To.Sigma > 0)
            next += Correction(run, denoised.Start, index, exponential.Width) * step.To.Alpha;

        run.Remember(state, denoised);
        return exponential.WithNoise(run, next);
    }

    // phi_2 D_1 - phi_3 D_2 with the first and second differences of x_0 in units of this step.
    private Tensor Correction(SamplingRun run, Tensor start, int index, double width)
    {
        var scaled = (1 + Eta) * width;
        var phi2 = ((Math.Exp(-scaled) - 1) / scaled) + 1;
        var ratio0 = WidthBefore(run, index, 1) / width;
        var difference0 = (start - run.Past(1).Denoised.Start) / ratio0;
        if (run.PastCount == 1)
            return difference0 * phi2;

        var ratio1 = WidthBefore(run, index, 2) / width;
        var difference1 = (run.Past(1).Denoised.Start - run.Past(2).Denoised.Start) / ratio1;
        var change = difference0 - difference1;
        var first = difference0 + (change * (ratio0 / (ratio0 + ratio1)));
        var second = change / (ratio0 + ratio1);
        return (first * phi2) - (second * ((phi2 / scaled) - 0.5));
    }

    private static double WidthBefore(SamplingRun run, int index, int stepsAgo) =>
        run.Plan.Steps[index - stepsAgo + 1].From.Lambda - run.Plan.Steps[index - stepsAgo].From.Lambda;
}
