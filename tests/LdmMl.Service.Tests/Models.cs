using LdmMl;
using LdmMl.Torch.Generation;

namespace ImageService.Tests;

/// <summary>The models of the tests, and images for their requests.</summary>
internal static class Models
{
    public static string Emoji { get; } = Path.Combine(RealData.Repository, "examples", "models", "emoji-ldm");

    public static string EmojiText { get; } = Path.Combine(RealData.Repository, "examples", "models", "emoji-text");

    public static string Trunk { get; } = Path.Combine(RealData.Repository, "examples", "models", "emoji-vgg.safetensors");

    public static byte[] Photo { get; } = File.ReadAllBytes(
        Directory.EnumerateFiles(Path.Combine(RealData.Repository, "examples", "data", "emoji")).Order(StringComparer.Ordinal).First());

    /// <summary>Writes a small model with random weights into a folder, and returns its path.</summary>
    public static string Write(TemporaryFolder folder, string kind)
    {
        using var model = SmallDiffusion.Create(kind);
        model.Save(folder.File(kind));
        return folder.File(kind);
    }

    /// <summary>Computes the PNG that a request must give.</summary>
    public static byte[] Draw(LatentDiffusionModel model, GenerationBatch batch, int steps, GenerationSettings? settings = null)
    {
        settings = (settings ?? new()) with { Sampling = model.Config.Sampling with { Steps = steps } };
        using var images = model.Generate(batch, settings);
        using var image = images.ToImage(model.Autoencoder.Config.PixelRange);
        return image.ToPng();
    }
}
