using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;
using Microsoft.ML.Data;

namespace LdmMl.Schemas;

/// <summary>The type of a column of latents: Vector&lt;Single, c, h, w&gt;.</summary>
internal static class LatentType
{
    /// <summary>Gets the type of the latents of images of one size; of variable size if it is null.</summary>
    /// <param name="config">The autoencoder.</param>
    /// <param name="images">The size of the images, multiples of the autoencoder's factor.</param>
    public static VectorDataViewType Of(AutoencoderConfig config, ImageSize? images)
    {
        var factor = config.DownsampleFactor;
        return new(NumberDataViewType.Single, config.LatentChannels, (images?.Height ?? 0) / factor, (images?.Width ?? 0) / factor);
    }
}
