using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion;

/// <summary>Estimates image and noise of a noisy state: the interface between samplers and networks.</summary>
public interface IDenoiser
{
    /// <summary>Estimates x_0 and epsilon of a state.</summary>
    /// <param name="state">x = alpha x_0 + sigma epsilon, [B, c, h, w]; still owned by the caller.</param>
    /// <param name="level">alpha and sigma.</param>
    /// <returns>The estimates of x_0 and epsilon. The caller disposes them.</returns>
    Denoised Denoise(Tensor state, NoiseLevel level);
}
