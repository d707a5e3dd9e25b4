using LdmMl.Images;
using LdmMl.Models;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Native;
using LdmMl.Torch.Tensors;
using Microsoft.ML.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl;

/// <summary>Computes perceptual distances of images in one call, without a pipeline.</summary>
public static class PerceptualModelExtensions
{
    /// <summary>Measures how different two images look (LPIPS where the model is calibrated).</summary>
    /// <param name="model">The perceptual model.</param>
    /// <param name="image">An image whose sides are at least <see cref="PerceptualModel.MinimumSize"/>.</param>
    /// <param name="other">An image of the same size.</param>
    /// <param name="background">The colour behind transparent pixels of both; white by default.</param>
    /// <returns>The distance; 0 means identical.</returns>
    /// <exception cref="ArgumentException">The sizes differ, or are too small.</exception>
    public static float Distance(this PerceptualModel model, MLImage image, MLImage other, PixelColor? background = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(other);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var pair = ImageTensors.Of([image, other], channels: 3, PixelRange.MinusOneToOne, background ?? PixelColor.White);
        return ForwardLock.Run(model.Device, () => model.Distance(pair.narrow(0, 0, 1), pair.narrow(0, 1, 1), PixelRange.MinusOneToOne))
            .Read<float>();
    }
}
