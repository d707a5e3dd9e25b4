using static TorchSharp.torch;

namespace LdmMl.Torch.Losses;

/// <summary>
/// The negative log likelihood of the reconstruction (CompVis <c>nll_loss</c>): error / exp(log variance) + log variance,
/// summed over C, H and W and divided by the batch.
/// </summary>
internal sealed class ReconstructionTerm(ReconstructionError error, double weight, double logVariance) : IAutoencoderLossTerm
{
    public string Name => "reconstruction";

    public double Weight => weight;

    public Tensor Compute(AutoencoderPass pass)                  // [B, C, H, W] x 2 -> []
    {
        using var scope = NewDisposeScope();
        var difference = pass.Images - pass.Reconstructions;     // [B, C, H, W]
        var errors = error == ReconstructionError.Absolute ? difference.abs() : difference.square();
        var sum = (errors.sum() * Math.Exp(-logVariance)) + (logVariance * errors.numel());
        return scope.MoveToOuter(sum / pass.Images.shape[0]);
    }
}
