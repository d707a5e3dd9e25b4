using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>The slope of the probability flow for states x_0 + sigma epsilon (Karras et al. 2022, eq. 4 with s = 1).</summary>
internal static class Slope
{
    /// <summary>dx / dsigma = (x - x_0) / sigma with the network's x_0.</summary>
    public static Tensor At(SamplingRun run, Tensor state, NoiseLevel level) => Of(state, level, run.Denoise(state, level).Start);

    public static Tensor Of(Tensor state, NoiseLevel level, Tensor start)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter((state - start) / Real(level.Sigma));
    }
}
