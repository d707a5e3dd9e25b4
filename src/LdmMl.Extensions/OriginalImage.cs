using System.Diagnostics.CodeAnalysis;
using LdmMl.Images;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Tensors;
using Microsoft.Extensions.AI;
using static TorchSharp.torch;

namespace LdmMl.Extensions;

/// <summary>Brings an image from a request, and its mask, to the requested size: cropped around the centre, then scaled.</summary>
[Experimental(ExperimentalInterface.Id, UrlFormat = ExperimentalInterface.Page)]
internal sealed class OriginalImage(LatentDiffusionModel model, GenerationSettings settings, long maximumPixels)
{
    private bool Enlarges => model.Config.Conditioning is ConcatenatedConditioning { Input: ConcatenatedInput.LowResolutionImage };

    /// <summary>Adds the image and its mask to a batch, one for all its rows. The tensors belong to the enclosing scope.</summary>
    /// <exception cref="ImageFileException">They are not images, or too large.</exception>
    public GenerationBatch AddTo(GenerationBatch batch, DataContent? image, DataContent? mask)
    {
        var config = model.Autoencoder.Config;
        var images = image is null ? null : Read(
            image, nameof(ImageGenerationRequest.OriginalImages), config.ImageChannels, Enlarges ? PixelRange.MinusOneToOne : config.PixelRange,
            PixelColor.White, batch.Seeds.Count);
        return batch with
        {
            InitialImages = Enlarges ? null : images,
            LowResolutionImages = Enlarges ? images : null,
            Masks = mask is null ? null : Read(mask, RequestProperties.Mask, channels: 1, PixelRange.ZeroToOne, PixelColor.Black, batch.Seeds.Count),
        };
    }

    private Tensor Read(DataContent content, string name, int channels, PixelRange range, PixelColor background, int rows)   // -> [rows, channels, H, W]
    {
        var factor = Enlarges ? model.Autoencoder.Config.DownsampleFactor : 1;
        var (width, height) = ((settings.Width ?? model.DefaultWidth) / factor, (settings.Height ?? model.DefaultHeight) / factor);
        Check.That(width > 0 && height > 0, new ImageSize(width, height), "both sides must be positive", nameof(ImageGenerationOptions.ImageSize));
        using var decoded = ImageFile.Decode(content.Data.Span, content.Name ?? name, maximumPixels);
        using var fitted = new ImageGeometry { Width = width, Height = height, Fit = ImageFit.CropToFill }.Apply(decoded);
        return ImageTensors.Of([fitted], channels, range, background).expand(rows, -1, -1, -1);
    }
}
