using static TorchSharp.torch;

namespace LdmMl.Torch.Losses;

/// <summary>One term of an autoencoder's loss.</summary>
internal interface IAutoencoderLossTerm
{
    /// <summary>Gets its name in reports.</summary>
    string Name { get; }

    /// <summary>Gets its weight in the sum.</summary>
    double Weight { get; }

    /// <summary>Computes the term without its weight, with gradients: for each image, [B], or for the batch as a whole, [].</summary>
    /// <param name="pass">The pass through the autoencoder.</param>
    /// <param name="log">Receives the values that the reference logs for it.</param>
    Tensor Compute(AutoencoderPass pass, LossLog log);
}
