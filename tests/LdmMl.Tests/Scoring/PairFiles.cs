using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Tests.Scoring;

/// <summary>Pairs of images in files: their columns declare no size, so that each pair can have a different one.</summary>
internal sealed class PairFiles : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("ldmml-tests-");
    private readonly Paths[] paths;

    public PairFiles(IEnumerable<PairRows.Row> rows) =>
        paths = [.. rows.Select((row, i) => new Paths { First = Save(row.First, $"{i}-first.png"), Second = Save(row.Second, $"{i}-second.png") })];

    public IDataView Load(MLContext context)
    {
        var paths = context.Data.LoadFromEnumerable(this.paths);
        return context.Transforms.LoadImageFiles("First").Append(context.Transforms.LoadImageFiles("Second")).Fit(paths).Transform(paths);
    }

    public void Dispose() => folder.Delete(recursive: true);

    private string Save(MLImage image, string name)
    {
        var path = Path.Combine(folder.FullName, name);
        image.Save(path);
        return path;
    }

    private sealed class Paths
    {
        public string First { get; set; } = "";

        public string Second { get; set; } = "";
    }
}
