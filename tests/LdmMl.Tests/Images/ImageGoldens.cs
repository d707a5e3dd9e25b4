using System.IO.Compression;
using System.Runtime.CompilerServices;

namespace LdmMl.Tests.Images;

/// <summary>The files of Goldens/images; make.py next to them describes them.</summary>
internal static class ImageGoldens
{
    public static string Folder { get; } = Find();

    public static string Good(string file) => Path.Combine(Folder, "good", file);

    public static IEnumerable<string[]> Lines(string table) =>
        File.ReadLines(Path.Combine(Folder, table)).Select(line => line.Split('\t'));

    public static byte[] Inflate(string packed)
    {
        using var zlib = new ZLibStream(new MemoryStream(Convert.FromBase64String(packed)), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        zlib.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static string Find([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "Goldens", "images"));
}
