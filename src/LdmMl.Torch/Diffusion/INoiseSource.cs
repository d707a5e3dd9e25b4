using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion;

/// <summary>The source of a sampler's noise.</summary>
public interface INoiseSource
{
    /// <summary>Draws standard normal noise.</summary>
    /// <param name="state">A tensor with the wanted shape and device.</param>
    /// <returns>Noise of that shape. The caller disposes it.</returns>
    Tensor Draw(Tensor state);
}
