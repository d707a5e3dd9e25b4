using LdmMl.Tests.Autoencoders;
using LdmMl.Torch.Models.Features;
using LdmMl.Torch.Models.Perceptual;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Tests.Evaluation;

/// <summary>Rows of features and of pairs of images.</summary>
internal static class EvaluationRows
{
    public const int Dimensions = 6;

    public static FeatureRow[] Features(int count, int seed, float shift = 0)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => new FeatureRow
        {
            Features = [.. Enumerable.Range(0, Dimensions).Select(_ => shift + (float)(random.NextDouble() + random.NextDouble() - 1))],
        })];
    }

    public static Pair[] Pairs(int count, int side = 24) =>
        [.. Enumerable.Range(0, count).Select(
            i => new Pair { Image = ImageRows.Picture(i + 1, side, side), Reconstruction = ImageRows.Picture(i + 2, side, side) })];

    public static IDataView Load(MLContext context, IEnumerable<FeatureRow> rows) => context.Data.LoadFromEnumerable(rows);

    public static IDataView Load(MLContext context, IEnumerable<Pair> rows) => context.Data.LoadFromEnumerable(rows);

    internal sealed class FeatureRow
    {
        [VectorType(Dimensions)]
        public float[] Features { get; set; } = null!;
    }

    /// <summary>A pair of any size; the declared size does not apply.</summary>
    internal sealed class AnyPair
    {
        [ImageType(1, 1)]
        public MLImage Image { get; set; } = null!;

        [ImageType(1, 1)]
        public MLImage Reconstruction { get; set; } = null!;
    }

    internal sealed class Pair
    {
        [ImageType(24, 24)]
        public MLImage Image { get; set; } = null!;

        [ImageType(24, 24)]
        public MLImage Reconstruction { get; set; } = null!;
    }
}
