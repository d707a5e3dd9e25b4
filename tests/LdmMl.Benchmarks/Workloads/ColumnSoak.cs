using LdmMl.Images;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>
/// Scores many pairs of image files through the column, and watches the memory: LPIPS over SqueezeNet 1.1 with layers and map,
/// 32x32 pixels, 16 rows per batch, four candidates for each reference.
/// </summary>
internal static class ColumnSoak
{
    private const int Files = 16, Side = 32, CandidatesOfReference = 4;

    public static IEnumerable<(int Pairs, double ResidentMegabytes, long LiveTensors)> Run(int pairs, int looks)
    {
        var folder = Directory.CreateTempSubdirectory("column-soak-");
        try
        {
            var files = Save(folder);
            var context = new MLContext();
            var paths = context.Data.LoadFromEnumerable(Enumerable.Range(0, pairs).Select(
                row => new Pair { First = files[row / CandidatesOfReference % Files], Second = files[row % Files] }));
            using var model = LpipsWeights.Open(PerceptualTrunkConfig.SqueezeNet);
            using var chain = context.Transforms.LoadImageFiles("First").Append(context.Transforms.LoadImageFiles("Second"))
                .Append(context.Transforms.ScorePerceptualDistance(model, new ScorePerceptualDistanceOptions
                {
                    ReferenceColumnName = "First", CandidateColumnName = "Second", LayersColumnName = "Layers", MapColumnName = "Map",
                }))
                .Fit(paths);
            foreach (var done in Read(chain.Transform(paths)))
            {
                if ((long)done * looks / pairs != (long)(done - 1) * looks / pairs)
                    yield return (done, Environment.WorkingSet / 1e6, torch.Tensor.TotalCount);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static IEnumerable<int> Read(IDataView view)
    {
        using var cursor = view.GetRowCursor(view.Schema.Where(column => column.Name is "PerceptualDistance" or "Layers" or "Map"));
        var distance = cursor.GetGetter<float>(view.Schema["PerceptualDistance"]);
        var layers = cursor.GetGetter<VBuffer<float>>(view.Schema["Layers"]);
        var map = cursor.GetGetter<VBuffer<float>>(view.Schema["Map"]);
        (float value, VBuffer<float> ofLayers, VBuffer<float> ofPixels) = (0, default, default);
        for (var done = 1; cursor.MoveNext(); done++)
        {
            distance(ref value);
            layers(ref ofLayers);
            map(ref ofPixels);
            yield return done;
        }
    }

    private static string[] Save(DirectoryInfo folder)
    {
        var (images, others) = LpipsWeights.Pairs(Files, Side);
        using (images)
        using (others)
        {
            return [.. Enumerable.Range(0, Files).Select(row =>
            {
                var path = Path.Combine(folder.FullName, $"{row}.png");
                using var one = images[row].contiguous();
                using var image = MLImagePlanes.FromPlanes(one.data<float>().ToArray(), channels: 3, PixelRange.MinusOneToOne, Side, Side);
                image.Save(path);
                return path;
            })];
        }
    }

    private sealed class Pair
    {
        public string First { get; set; } = "";

        public string Second { get; set; } = "";
    }
}
