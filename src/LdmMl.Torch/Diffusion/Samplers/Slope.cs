using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>The slope of the probability flow for states x_0 + sigma epsilon (Karras et al. 2022, eq. 4 with s = 1).</summary>
internal static class Slope
{
    /// <summary>dx / dsigma = (x - x_0) / sigma with the network's x_0.</summary>
    public static Tensor At(SamplingRun run, Tensor state, NoiseLevel level) => Of(state, level, run.Denoise(state, level).Start);

    /// <summary>Determines whether the weight of a slope exceeds a limit at the end of a step, in standard deviations of the state there.</summary>
    public static bool CountsTooMuch(NoiseLevel from, double to, double largest) => (from.Sigma - to) / Math.Sqrt(1 + (to * to)) > largest;

    public static Tensor Of(Tensor state, NoiseLevel level, Tensor start)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter((state - start) / Real(level.Sigma));
    }
}
