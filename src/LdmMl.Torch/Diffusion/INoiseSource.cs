using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion;

/// <summary>Gives a sampler its noise, draw after draw.</summary>
public interface INoiseSource
{
    /// <summary>Draws standard normal noise.</summary>
    /// <param name="state">A tensor of the wanted shape and device.</param>
    /// <returns>Noise of that shape. The caller disposes it.</returns>
    Tensor Draw(Tensor state);
}
