using LdmMl;
using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace LatentSpace;

/// <summary>Decodes latents to pictures.</summary>
internal static class Pictures
{
    public static MLImage[] Decode(MLContext mlContext, AutoencoderModel autoencoder, IEnumerable<float[]> latents)
    {
        var rows = mlContext.Data.LoadFromEnumerable(latents.Select(latent => new LatentRow { Latent = latent }).ToArray());
        using var decode = mlContext.Transforms.DecodeLatents("Picture", autoencoder, "Latent").Fit(rows);
        return [.. mlContext.Data.CreateEnumerable<PictureRow>(decode.Transform(rows), reuseRowObject: false).Select(row => row.Picture)];
    }

    private sealed class LatentRow
    {
        [VectorType(4, 16, 16)]
        public float[] Latent { get; set; } = [];
    }

    private sealed class PictureRow
    {
        [ImageType(64, 64)]
        public MLImage Picture { get; set; } = null!;
    }
}
