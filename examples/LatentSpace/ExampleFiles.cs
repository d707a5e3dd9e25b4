using System.Runtime.CompilerServices;

namespace LatentSpace;

/// <summary>The emoji and the autoencoder of the examples.</summary>
internal static class ExampleFiles
{
    private static readonly string Examples = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, ".."));

    public static string Model => Path.Combine(Examples, "models", "emoji-kl-f4");

    public static string[] Emoji => [.. Directory.GetFiles(Path.Combine(Examples, "data", "emoji"), "*.png").Order(StringComparer.Ordinal)];

    private static string Here([CallerFilePath] string path = "") => path;
}
