using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>
/// The exact solution of a step with constant x_0 (Lu et al. 2022b, eq. 9), with fresh noise by eta:
/// x' = (sigma' / sigma) e^(-eta h) x + alpha' (1 - e^(-(1 + eta) h)) x_0 + sigma' sqrt(1 - e^(-2 eta h)) noise, h = lambda' - lambda.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct ExponentialStep(SamplingStep step, double eta)
{
    /// <summary>Gets the step's width in lambda; infinite for a step to the clean image.</summary>
    public double Width { get; } = step.To.Lambda - step.From.Lambda;

    /// <summary>Gets alpha' (1 - e^(-(1 + eta) h)), the factor of x_0.</summary>
    public double StartFactor => -step.To.Alpha * (Math.Exp(-(1 + eta) * Width) - 1);

    /// <summary>Gets the deviation of the fresh noise.</summary>
    public double NoiseFactor => eta == 0 || step.To.Sigma == 0 ? 0 : step.To.Sigma * Math.Sqrt(1 - Math.Exp(-2 * eta * Width));

    /// <summary>The part of x' that comes from x and x_0.</summary>
    public Tensor Move(Tensor state, Tensor start)
    {
        using var scope = NewDisposeScope();
        var decay = eta == 0 ? 1 : Math.Exp(-eta * Width);             // 1 even if the width is infinite: 0 times infinity is NaN
        var factor = step.To.Sigma == 0 ? 0 : step.To.Sigma / step.From.Sigma * decay;
        return scope.MoveToOuter((state * Real(factor)).Plus(start * Real(StartFactor)));
    }

    /// <summary>Adds fresh noise, if any.</summary>
    public Tensor WithNoise(SamplingRun run, double scale, Tensor moved) =>
        NoiseFactor == 0 ? moved : moved.Plus(run.Draw(moved) * Real(NoiseFactor * scale));
}
