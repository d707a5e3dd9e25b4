using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Tests.Scoring;

/// <summary>Pairs of images in files: their columns declare no size, so that each pair may have its own.</summary>
internal sealed class PairFiles : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ldmml-tests-");
    private readonly Paths[] _paths;

    public PairFiles(IEnumerable<PairRows.Row> rows)
        => _paths = [.. rows.Select((row, i) => new Paths { First = Save(row.First, $"{i}-first.png"), Second = Save(row.Second, $"{i}-second.png") })];

    public IDataView Load(MLContext context)
    {
        IDataView paths = context.Data.LoadFromEnumerable(_paths);
        return context.Transforms.LoadImageFiles("First").Append(context.Transforms.LoadImageFiles("Second")).Fit(paths).Transform(paths);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string Save(MLImage image, string name)
    {
        string path = Path.Combine(_folder.FullName, name);
        image.Save(path);
        return path;
    }

    private sealed class Paths
    {
        public string First { get; set; } = "";

        public string Second { get; set; } = "";
    }
}
