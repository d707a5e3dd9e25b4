using System.Runtime.CompilerServices;

namespace StyleLora;

/// <summary>Files in the folders next to this one.</summary>
internal static class ExampleFiles
{
    private static readonly string Examples = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, ".."));

    public static string Model => Path.Combine(Examples, "models", "emoji-ldm");

    private static string Here([CallerFilePath] string path = "") => path;
}
