using static TorchSharp.torch;

namespace LdmMl.Torch.Losses;

/// <summary>What pulls a VQ autoencoder's codebook and latents together: codebook loss and commitment, weighted by the quantiser.</summary>
internal sealed class CodebookTerm(double weight) : IAutoencoderLossTerm
{
    public string Name => "codebook";

    public double Weight => weight;

    public Tensor Compute(AutoencoderPass pass) =>
        pass.Codes?.Loss.alias() ?? throw new InvalidOperationException("Only a VQ autoencoder has a codebook.");
}
