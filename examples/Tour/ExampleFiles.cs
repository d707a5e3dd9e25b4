using System.Runtime.CompilerServices;

namespace Tour;

/// <summary>The models and emoji of the examples.</summary>
internal static class ExampleFiles
{
    private static readonly string Examples = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, ".."));

    public static string LatentDiffusion => Path.Combine(Examples, "models", "emoji-ldm");

    public static string Trunk => Path.Combine(Examples, "models", "emoji-vgg.safetensors");

    public static string Emoji(string name) => Path.Combine(Examples, "data", "emoji", name + ".png");

    private static string Here([CallerFilePath] string path = "") => path;
}
