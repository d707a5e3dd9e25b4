using System.Runtime.CompilerServices;

namespace ImageToImage;

/// <summary>The emoji and the model of the examples.</summary>
internal static class ExampleFiles
{
    private static readonly string Examples = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, ".."));

    public static string Model => Path.Combine(Examples, "models", "emoji-ldm");

    public static string Emoji(string name) => Path.Combine(Examples, "data", "emoji", name + ".png");

    private static string Here([CallerFilePath] string path = "") => path;
}
