using LdmMl.Images;
using LdmMl.Torch.Arguments;
using Microsoft.Extensions.AI;
using Microsoft.ML.Data;

namespace LdmMl.Extensions;

/// <summary>The file formats in which images are returned.</summary>
internal static class ImageFormat
{
    private const string Png = "image/png", Jpeg = "image/jpeg";

    /// <summary>Checks a media type; PNG if there is none.</summary>
    public static string Check(string? mediaType)
    {
        Torch.Arguments.Check.That(
            mediaType is null or Png or Jpeg, mediaType, $"it must be {Png} or {Jpeg}", nameof(ImageGenerationOptions.MediaType));
        return mediaType ?? Png;
    }

    /// <summary>Encodes an image.</summary>
    public static byte[] Encode(MLImage image, string mediaType)
    {
        if (mediaType == Png)
            return image.ToPng();
        using var data = ImageEncoder.EncodeJpeg(image);
        return data.ToArray();
    }
}
