using static TorchSharp.torch;

namespace LdmMl.Torch.Losses;

/// <summary>One summand of an autoencoder's loss.</summary>
internal interface IAutoencoderLossTerm
{
    /// <summary>Gets the name under which progress reports it.</summary>
    string Name { get; }

    /// <summary>Gets what it is multiplied by in the sum.</summary>
    double Weight { get; }

    /// <summary>Computes the term without its weight, with gradients: for each image, [B], or for the batch as a whole, [].</summary>
    /// <param name="pass">What went through the autoencoder.</param>
    /// <param name="log">Gets the values that the reference logs of it.</param>
    Tensor Compute(AutoencoderPass pass, LossLog log);
}
