using LdmMl.Cli.Comparing;
using LdmMl.Cli.Gates;
using LdmMl.Cli.Output;
using LdmMl.Cli.Reports;

namespace LdmMl.Cli.Tests.Reports;

/// <summary>A comparison without models: names that would break out of a page, and any number of images.</summary>
internal static class SampleReport
{
    public const string Hostile = "<script>alert(1)</script>\" onload='x' & \u0007.png";

    public static ComparisonResult Of(int count, params string[] gates)
    {
        var random = new Random(3);
        var names = Enumerable.Range(0, count).Select(i => i == 0 ? Hostile : $"image-with-a-name-that-does-not-end-{i}.png");
        var images = names.Select(name => Scores(name, random)).ToArray();
        Metric[] all = [Metric.Psnr, Metric.Ssim, Metric.MeanAbsoluteError];
        var metrics = all.Select((metric, index) => MetricComparison.Of(metric, images, index)).ToArray();
        return new()
        {
            First = Side("A", "models/<b>first</b>"),
            Second = Side("B", "models/second-with-a-name-that-is-as-long-as-names-of-experiments-tend-to-be-2026-11-23-final"),
            Settings = new($"ldmml compare '{Hostile}'", "0.1.0", "photos & more", "as the files", "Float32", "exact", null, Examples: 2),
            Metrics = metrics,
            Gates = [.. gates.Select(Gate.Parse).Select(Judge)],
            Measured = new(images, Metric.Psnr, [Example(images[0])], [Example(images[^1])], count, IsComplete: true),
        };

        GateVerdict Judge(Gate gate) => GateVerdict.Of(gate, metrics.First(metric => metric.Metric.Name == gate.Metric), needsSignificance: false);
    }

    public static string Page(int count, params string[] gates) => ReportPage.Of(Of(count, gates)).Text;

    private static ImageScores Scores(string name, Random random)
    {
        var (psnr, ssim, error) = (24 + 8 * random.NextDouble(), 0.8 + 0.15 * random.NextDouble(), 0.02 + 0.01 * random.NextDouble());
        return new(name, [psnr, ssim, error], [psnr + random.NextDouble() - 0.7, ssim + 0.02 * random.NextDouble() - 0.01, error]);
    }

    private static ExampleImage Example(ImageScores scores)
    {
        RgbImage[] images = [.. Enumerable.Range(0, 3).Select(shift => Image(400, 300, shift))];
        return ExampleImage.Of(scores, images[0], images[1], images[2]);
    }

    private static RgbImage Image(int width, int height, int shift)
    {
        var pixels = Enumerable.Range(0, width * height * 3).Select(i => (byte)(i / 7 + shift * (i % 11))).ToArray();
        return new(width, height, [], pixels);
    }

    private static ModelSide Side(string letter, string path) => new(
        letter, path,
        new ModelInfo(path, "KL autoencoder", 1000, 0.004, new("exact", 0.016, 0.007), 3, 4, 4, "[-1, 1]", 1, 0, "as trained", [], []),
        letter == "A" ? new string('0', 64) : new string('f', 64));
}
