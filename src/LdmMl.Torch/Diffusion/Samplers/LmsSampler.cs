using LdmMl.Torch.Arguments;
using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>Linear multi-step: integrates the polynomial through up to four slopes (k-diffusion <c>lms</c>). Draws no noise.</summary>
public sealed record LmsSampler : Sampler
{
    private const int LargestOrder = 4;

    /// <summary>Gets how many slopes are used, 1 to 4.</summary>
    /// <value>Default: 4.</value>
    public int Order { get; init; } = LargestOrder;

    /// <inheritdoc/>
    public override SamplerNeeds Needs => SamplerNeeds.Sigmas;

    /// <inheritdoc/>
    public override void Validate() => Check.Within(Order, 1, LargestOrder);

    /// <inheritdoc/>
    protected override Tensor TakeStep(SamplingRun run, Tensor state, int index)
    {
        var from = run.Plan.Steps[index].From;
        var denoised = run.Denoise(state, from);
        var slope = Slope.Of(state, from, denoised.Start);
        var order = Math.Min(run.PastCount + 1, Order);
        var next = state.Plus(slope * Real(Coefficient(run.Plan, index, order, 0)));
        for (var ago = 1; ago < order; ago++)
        {
            var (pastState, pastDenoised) = run.Past(ago);
            var pastSlope = Slope.Of(pastState, run.Plan.Steps[index - ago].From, pastDenoised.Start);
            next += pastSlope * Real(Coefficient(run.Plan, index, order, ago));
        }

        run.Remember(state, denoised);
        return next;
    }

    // The integral over the step of the Lagrange polynomial that is 1 at the slope `ago` steps back and 0 at the others.
    // Gauss-Legendre with three points is exact up to degree 5; the polynomial has at most 3.
    private static double Coefficient(SamplingPlan plan, int index, int order, int ago)
    {
        var (from, to) = (Sigma(plan, index), plan.Steps[index].To.Sigma);
        var (middle, half) = ((from + to) / 2, (to - from) / 2);
        var offset = Math.Sqrt(0.6) * half;
        return half * ((5 * Basis(middle - offset)) + (8 * Basis(middle)) + (5 * Basis(middle + offset))) / 9;

        double Basis(double sigma)
        {
            var product = 1.0;
            for (var other = 0; other < order; other++)
            {
                if (other != ago)
                    product *= (sigma - Sigma(plan, index - other)) / (Sigma(plan, index - ago) - Sigma(plan, index - other));
            }

            return product;
        }
    }

    private static double Sigma(SamplingPlan plan, int index) => plan.Steps[index].From.Sigma;
}
