using LdmMl;
using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace LatentSpace;

/// <summary>Pictures along the way from one latent to another.</summary>
internal static class Walk
{
    public static IReadOnlyList<MLImage> Between(MLContext mlContext, AutoencoderModel autoencoder, EmojiRow from, EmojiRow to, int steps)
    {
        var rows = mlContext.Data.LoadFromEnumerable(Enumerable.Range(0, steps).Select(
            step => new Step { First = from.Latent, Second = to.Latent, Fraction = (float)step / (steps - 1) }));
        using var model = mlContext.Transforms.InterpolateLatents(new InterpolateLatentsOptions
            {
                OutputColumnName = "Between", FirstColumnName = "First", SecondColumnName = "Second", FractionColumnName = "Fraction",
            })
            .Append(mlContext.Transforms.DecodeLatents("Picture", autoencoder, "Between"))
            .Fit(rows);
        return [.. mlContext.Data.CreateEnumerable<Decoded>(model.Transform(rows), reuseRowObject: false).Select(row => row.Picture)];
    }

    private sealed class Step
    {
        public float Fraction { get; set; }

        [VectorType(4, 16, 16)]
        public float[] First { get; set; } = [];

        [VectorType(4, 16, 16)]
        public float[] Second { get; set; } = [];
    }

    private sealed class Decoded
    {
        [ImageType(64, 64)]
        public MLImage Picture { get; set; } = null!;
    }
}
