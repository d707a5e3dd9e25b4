using static TorchSharp.torch;

namespace LdmMl.Torch.Losses;

/// <summary>One summand of an autoencoder's loss.</summary>
internal interface IAutoencoderLossTerm
{
    /// <summary>Gets the name under which progress reports it.</summary>
    string Name { get; }

    /// <summary>Gets what it is multiplied by in the sum.</summary>
    double Weight { get; }

    /// <summary>Computes the term, without its weight, as a scalar with gradients.</summary>
    Tensor Compute(AutoencoderPass pass);
}
