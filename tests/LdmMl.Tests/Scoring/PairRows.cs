using LdmMl.Images;
using LdmMl.Tests.Autoencoders;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Tests.Scoring;

/// <summary>Rows with two images in memory, and their perceptual distances.</summary>
internal static class PairRows
{
    public const int Side = 24;

    public static ScorePerceptualDistanceOptions Options => new()
    {
        ReferenceColumnName = "First", CandidateColumnName = "Second", LayersColumnName = "Layers", MapColumnName = "Map", BatchSize = 4,
    };

    /// <summary>Every row has a different reference.</summary>
    public static Row[] Create(int count) => [.. Enumerable.Range(0, count).Select(i => Of(i, i + 2))];

    /// <summary>Each reference is scored against several candidates in consecutive rows.</summary>
    public static Row[] CreateRepeating(params int[] candidates) =>
        [.. candidates.SelectMany((count, reference) => Enumerable.Range(0, count).Select(i => Of(reference, reference + i + 1)))];

    public static Row Of(int reference, int candidate, int side = Side) =>
        new() { First = ImageRows.Picture(reference, side, side), Second = ImageRows.Picture(candidate, side, side) };

    /// <summary>Reads all three columns of every row.</summary>
    public static Scored[] Score(PerceptualModel model, Row[] rows, ScorePerceptualDistanceOptions? options = null)
    {
        var context = new MLContext(seed: 1);
        var view = context.Data.LoadFromEnumerable(rows);
        using var transformer = context.Transforms.ScorePerceptualDistance(model, options ?? Options).Fit(view);
        return Read(context, transformer.Transform(view));
    }

    public static Scored[] Read(MLContext context, IDataView view) => [.. context.Data.CreateEnumerable<Scored>(view, reuseRowObject: false)];

    /// <summary>Runs an action and counts the images that go through the network in the meantime, and the passes they take.</summary>
    public static (long Images, int Passes) CountImages(PerceptualModel model, Action act)
    {
        var first = (nn.Module<Tensor, Tensor>)model.Network.Trunk.children().First();
        (long images, var passes) = (0, 0);
        var hook = first.register_forward_hook((_, input, output) =>
        {
            images += input.shape[0];
            passes++;
            return output;
        });
        act();
        hook.remove();
        return (images, passes);
    }

    /// <summary>A model whose layers can be observed: SqueezeNet's run as modules, the others' as fused kernels without hooks.</summary>
    public static PerceptualModel CountableModel()
    {
        using var files = new PerceptualFilesOfTests();
        return files.Lpips(PerceptualTrunkConfig.SqueezeNet);
    }

    public static Tensor Planes(MLImage image)
    {
        var planes = empty([1, 3, image.Height, image.Width]);
        MLImagePlanes.ToPlanes(image, PixelColor.White, PixelRange.MinusOneToOne, System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(planes.bytes), 3);
        return planes;
    }

    public static PerceptualModel SmallModel()
    {
        using var files = new PerceptualFilesOfTests();
        return files.Small();
    }

    internal sealed class Row
    {
        [ImageType(Side, Side)]
        public MLImage First { get; set; } = null!;

        [ImageType(Side, Side)]
        public MLImage Second { get; set; } = null!;
    }

    internal sealed class Scored
    {
        public float PerceptualDistance { get; set; }

        public float[] Layers { get; set; } = [];

        public float[] Map { get; set; } = [];

        public override string ToString() => string.Join(
            ' ', new[] { PerceptualDistance }.Concat(Layers).Concat(Map).Select(value => BitConverter.SingleToInt32Bits(value).ToString("x8", null)));
    }
}
