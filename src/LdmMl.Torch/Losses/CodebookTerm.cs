using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Losses;

/// <summary>
/// What pulls a VQ autoencoder's codebook and latents together: codebook loss and commitment, weighted by the quantiser (CompVis <c>quant_loss</c>).
/// </summary>
/// <param name="weight">What it is multiplied by.</param>
/// <param name="entries">How many entries the codebook has, of which the use is logged.</param>
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

    // Perplexity: as many entries, used equally, would be as uncertain (taming-transformers measure_perplexity).
    private void LogUse(Tensor indices, LossLog log)
    {
        using var scope = NewDisposeScope();
        var shares = indices.flatten().bincount(weights: null, minlength: entries).to(ScalarType.Float32) / Real(indices.numel());   // [n]
        log.Set("perplexity", (-(shares * (shares + Real(1e-10)).log()).sum()).exp().Read<float>());
        log.Set("cluster_usage", shares.count_nonzero().Read<long>());
    }
}
