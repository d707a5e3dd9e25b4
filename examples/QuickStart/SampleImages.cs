using System.Runtime.CompilerServices;
using LdmMl;
using LdmMl.Torch.Generation;
using Microsoft.ML;

namespace QuickStart;

/// <summary>The emoji and the models of the examples.</summary>
internal static class SampleImages
{
    private static readonly string Examples = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, ".."));

    public static string Model => Path.Combine(Examples, "models", "emoji-kl-f4");

    public static string DiffusionModel => Path.Combine(Examples, "models", "emoji-ldm");

    public static string TextModel => Path.Combine(Examples, "models", "emoji-text");

    /// <summary>Gets how images follow a sentence closely.</summary>
    public static GenerationSettings FromText { get; } = new() { GuidanceScale = 3 };

    public static string Trunk => Path.Combine(Examples, "models", "emoji-vgg.safetensors");

    public static string[] Paths() => [.. Directory.GetFiles(Path.Combine(Examples, "data", "emoji"), "*.png").Order(StringComparer.Ordinal)];

    public static IDataView Load(MLContext mlContext, IDataView paths) =>
        mlContext.Transforms.LoadImageFiles("Image", "Path")
            .Append(mlContext.Transforms.ResizeImagesAntialiased("Image", 64, 64, fit: ImageFit.PadToFit))
            .Fit(paths).Transform(paths);

    private static string Here([CallerFilePath] string path = "") => path;
}
