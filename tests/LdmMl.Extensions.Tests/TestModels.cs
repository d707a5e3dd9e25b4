using LdmMl.Torch.Generation;

namespace LdmMl.Extensions.Tests;

/// <summary>The models of the tests, and images for their requests.</summary>
internal static class TestModels
{
    public static string Emoji { get; } = Path.Combine(RealData.Repository, "examples", "models", "emoji-ldm");

    public static byte[] Photo { get; } = File.ReadAllBytes(
        Directory.EnumerateFiles(Path.Combine(RealData.Repository, "examples", "data", "emoji")).Order(StringComparer.Ordinal).First());

    /// <summary>Opens a generator that owns its model.</summary>
    public static LatentDiffusionImageGenerator Open(string path, LatentDiffusionOptions? options = null)
    {
        using var model = LatentDiffusionModel.Load(path);
        return new LatentDiffusionImageGenerator(model, options ?? new LatentDiffusionOptions { Steps = 2 });
    }

    /// <summary>Opens a generator of a small model with random weights.</summary>
    public static LatentDiffusionImageGenerator OpenSmall(string kind, LatentDiffusionOptions? options = null)
    {
        using var model = SmallDiffusion.Create(kind);
        return new LatentDiffusionImageGenerator(model, options ?? new LatentDiffusionOptions { Steps = 2 });
    }
}
