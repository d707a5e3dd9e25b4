using System.Runtime.CompilerServices;

namespace EmojiFromText;

/// <summary>What lies in this folder and beside it.</summary>
internal static class ExampleFiles
{
    private static readonly string Own = Path.GetDirectoryName(Here())!;
    private static readonly string Examples = Path.GetFullPath(Path.Combine(Own, ".."));

    public static string Samples => Path.Combine(Examples, "data", "emoji");

    public static string Trunk => Path.Combine(Examples, "models", "emoji-vgg.safetensors");

    public static string LabelModel => Path.Combine(Examples, "models", "emoji-ldm");

    public static string Model => Path.Combine(Examples, "models", "emoji-text");

    public static string UnseenPrompts => Path.Combine(Own, "unseen-prompts.txt");

    private static string Here([CallerFilePath] string path = "") => path;
}
