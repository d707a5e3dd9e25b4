using System.Runtime.CompilerServices;

namespace PerceptualTrunk;

/// <summary>Files in the folders next to this one.</summary>
internal static class ExampleFiles
{
    private static readonly string Examples = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, ".."));

    public static string Samples => Path.Combine(Examples, "data", "emoji");

    public static string Trunk => Path.Combine(Examples, "models", "emoji-vgg.safetensors");

    private static string Here([CallerFilePath] string path = "") => path;
}
