using LdmMl.Images;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;
using Microsoft.ML.Data;

namespace LdmMl.Models;

/// <summary>Converts planes in the autoencoder's range to images.</summary>
internal sealed class ImageOutput(AutoencoderConfig config)
{
    private float[] cropped = [];

    /// <summary>Creates an image from planes [C, H, W], or from their top left part; the caller owns it.</summary>
    public MLImage Create(ReadOnlySpan<float> planes, ImageSize size, ImageSize kept)
    {
        if (kept != size)
            planes = Crop(planes, size, kept);
        return MLImagePlanes.FromPlanes(planes, config.ImageChannels, config.PixelRange, kept.Width, kept.Height);
    }

    private float[] Crop(ReadOnlySpan<float> planes, ImageSize size, ImageSize kept)
    {
        Array.Resize(ref cropped, config.ImageChannels * kept.Height * kept.Width);
        var to = 0;
        for (var channel = 0; channel < config.ImageChannels; channel++)
        {
            for (var y = 0; y < kept.Height; y++, to += kept.Width)
                planes.Slice((channel * size.Height + y) * size.Width, kept.Width).CopyTo(cropped.AsSpan(to));
        }

        return cropped;
    }
}
