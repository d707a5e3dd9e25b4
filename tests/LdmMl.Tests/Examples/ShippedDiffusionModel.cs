using LdmMl.Torch.Generation;
using TorchSharp;

namespace LdmMl.Tests.Examples;

/// <summary>The latent diffusion model in <c>examples/models</c> and a few of its images, generated once for all its tests.</summary>
public sealed class ShippedDiffusionModel : IDisposable
{
    public const int ImagesPerLabel = 4;

    private static readonly GenerationSettings Settings = new() { GuidanceScale = 2 };

    private readonly Dictionary<string, torch.Tensor> images = [];

    public static string Folder { get; } = Path.Combine(RealData.Repository, "examples", "models", "emoji-ldm");

    public LatentDiffusionModel Model { get; } = LatentDiffusionModel.Load(Folder);

    public LabelConditioning Labels => (LabelConditioning)Model.Config.Conditioning;

    /// <summary>Returns the images of a label with the seeds from 1, [4, 3, 64, 64]; this object still owns them.</summary>
    public torch.Tensor Images(string label)
    {
        if (!images.TryGetValue(label, out var made))
            images[label] = made = Generate([.. Enumerable.Range(1, ImagesPerLabel).Select(seed => (long)seed)], label).DetachFromDisposeScope();
        return made;
    }

    /// <summary>Generates images of one label; the caller disposes them.</summary>
    public torch.Tensor Generate(long[] seeds, string label)
    {
        var sampling = Model.Config.Sampling with { Steps = 8 };
        var labels = Enumerable.Repeat(Labels.IndexOf(label), seeds.Length).ToArray();
        return Model.Generate(new GenerationBatch { Seeds = seeds, Labels = labels }, Settings with { Sampling = sampling });
    }

    public void Dispose()
    {
        foreach (var made in images.Values)
            made.Dispose();
        Model.Dispose();
    }
}
