using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion;

/// <summary>Splits a noisy state into image and noise: all that a sampler knows of a network.</summary>
public interface IDenoiser
{
    /// <summary>Estimates what a state is made of.</summary>
    /// <param name="state">x = alpha x_0 + sigma epsilon, [B, c, h, w]. Stays with the caller.</param>
    /// <param name="level">alpha and sigma.</param>
    /// <returns>The estimates of x_0 and epsilon. The caller disposes them.</returns>
    Denoised Denoise(Tensor state, NoiseLevel level);
}
