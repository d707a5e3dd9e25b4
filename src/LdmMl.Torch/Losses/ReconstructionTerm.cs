using static TorchSharp.torch;

namespace LdmMl.Torch.Losses;

/// <summary>
/// The error of the pixels under their likelihood (the pixels' part of CompVis <c>nll_loss</c>): error / exp(log variance) + log variance,
/// summed over C, H and W; or the plain mean over them.
/// </summary>
internal sealed class ReconstructionTerm(ReconstructionError error, double weight, PixelLikelihood likelihood) : IAutoencoderLossTerm
{
    public string Name => "reconstruction";

    public double Weight => weight;

    public Tensor Compute(AutoencoderPass pass, LossLog log)     // [B, C, H, W] x 2 -> [B]
    {
        using var scope = NewDisposeScope();
        var difference = pass.Images - pass.Reconstructions;     // [B, C, H, W]
        var means = (error == ReconstructionError.Absolute ? difference.abs() : difference.pow(Whole(2))).mean([1L, 2L, 3L]);   // [B]
        log.Add("rec_loss", weight * means.mean().Read<float>());
        return scope.MoveToOuter(likelihood.AddConstant(likelihood.Scale(means, pass.ValuesOfImage), pass.ValuesOfImage));
    }
}
