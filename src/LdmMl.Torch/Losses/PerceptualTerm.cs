using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Tensors;
using static TorchSharp.torch;

namespace LdmMl.Torch.Losses;

/// <summary>
/// The perceptual distance between images and reconstructions (LPIPS; Zhang et al. 2018), added to the error of every value of an image (CompVis
/// <c>p_loss</c>, part of <c>nll_loss</c>).
/// </summary>
internal sealed class PerceptualTerm(PerceptualModel model, PixelRange range, double weight, PixelLikelihood likelihood) : IAutoencoderLossTerm
{
    private const int ColorChannels = 3;

    public string Name => "perceptual";

    public double Weight => weight;

    public Tensor Compute(AutoencoderPass pass, LossLog log)     // [B, C, H, W] x 2 -> [B]
    {
        using var scope = NewDisposeScope();

        // Only the reconstructions require gradients, so the network saves nothing of the images for a backward pass.
        var distances = model.Distance(Colored(pass.Images), Colored(pass.Reconstructions), range);
        var value = distances.mean().Read<float>();
        log.Set("p_loss", value);
        log.Add("rec_loss", weight * value);
        return scope.MoveToOuter(likelihood.Scale(distances, pass.ValuesOfImage));
    }

    private static Tensor Colored(Tensor images) => images.shape[1] == 1 ? images.expand(-1, ColorChannels, -1, -1) : images;
}
