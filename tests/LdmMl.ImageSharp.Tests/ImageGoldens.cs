using System.Runtime.CompilerServices;

namespace LdmMl.ImageSharp.Tests;

/// <summary>The files of Goldens; make.py next to them describes them.</summary>
internal static class ImageGoldens
{
    public static string Folder { get; } = Find();

    /// <summary>Lists the files that are read; TIFFs with grey and alpha are not.</summary>
    public static TheoryData<string> GoodFiles() => [.. Lines().Select(line => line[0]).Where(file => file != "grey_alpha.tif")];

    public static IEnumerable<string[]> Lines() => File.ReadLines(Path.Combine(Folder, "expected.tsv")).Select(line => line.Split('\t'));

    private static string Find([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "Goldens");
}
