using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Losses;

/// <summary>
/// The loss of a VQ autoencoder's codebook: codebook loss and commitment, weighted by the quantiser (CompVis <c>quant_loss</c>).
/// </summary>
/// <param name="weight">Its weight in the sum.</param>
/// <param name="entries">The number of entries in the codebook, whose use is logged.</param>
internal sealed class CodebookTerm(double weight, int entries) : IAutoencoderLossTerm
{
    public string Name => "codebook";

    public double Weight => weight;

    public Tensor Compute(AutoencoderPass pass, LossLog log)
    {
        var codes = pass.Codes ?? throw new InvalidOperationException("Only a VQ autoencoder has a codebook.");
        log.Set("quant_loss", codes.Loss.Read<float>());
        LogUse(codes.Indices, log);
        return codes.Loss.alias();
    }

    // Perplexity: the number of entries that, used equally, would have the same entropy (taming-transformers measure_perplexity).
    private void LogUse(Tensor indices, LossLog log)
    {
        using var scope = NewDisposeScope();
        var shares = indices.flatten().bincount(weights: null, minlength: entries).to(ScalarType.Float32) / Real(indices.numel());   // [n]
        log.Set("perplexity", (-(shares * (shares + Real(1e-10)).log()).sum()).exp().Read<float>());
        log.Set("cluster_usage", shares.count_nonzero().Read<long>());
    }
}
