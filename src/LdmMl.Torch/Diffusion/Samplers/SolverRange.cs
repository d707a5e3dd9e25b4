using System.Runtime.InteropServices;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>
/// Where a solver with its own steps begins and ends on a plan, in t = -ln sigma: at the plan's end or, if that is the clean image,
/// which no solver in ln sigma can reach, at the plan's smallest sigma above 0, from which one more network call leads to it.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct SolverRange(SamplingPlan plan)
{
    /// <summary>Gets t at the first state.</summary>
    public double Start { get; } = -Math.Log(plan.Steps[0].From.Sigma);

    /// <summary>Gets t where the solver ends.</summary>
    public double End { get; } = -Math.Log(plan.Steps[^1].To.Sigma == 0 ? plan.Steps[^1].From.Sigma : plan.Steps[^1].To.Sigma);

    /// <summary>Gets whether the result is the network's x_0.</summary>
    public bool EndsClean { get; } = plan.Steps[^1].To.Sigma == 0;

    /// <summary>Gets how many network calls the plan leaves to the solver.</summary>
    public int Calls => plan.Steps.Length - (EndsClean ? 1 : 0);

    /// <summary>Splits a step in t into one down to less noise, not beyond the end, and fresh noise.</summary>
    public (double Down, double Up) Split(double from, double to, double eta)
    {
        if (eta == 0)
            return (to, 0);
        var (down, _) = AncestralNoise.Split(Math.Exp(-from), Math.Exp(-to), eta);
        var reached = Math.Min(End, -Math.Log(down));
        return (reached, Math.Sqrt(Math.Max(Math.Exp(-2 * to) - Math.Exp(-2 * reached), 0)));
    }
}
