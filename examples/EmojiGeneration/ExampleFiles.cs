using System.Runtime.CompilerServices;

namespace EmojiGeneration;

/// <summary>Files in the folders next to this one.</summary>
internal static class ExampleFiles
{
    private static readonly string Examples = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, ".."));

    public static string Samples => Path.Combine(Examples, "data", "emoji");

    public static string FirstStage => Path.Combine(Examples, "models", "emoji-kl-f4");

    public static string Trunk => Path.Combine(Examples, "models", "emoji-vgg.safetensors");

    public static string Model => Path.Combine(Examples, "models", "emoji-ldm");

    private static string Here([CallerFilePath] string path = "") => path;
}
