using LdmMl.Torch.Generation;
using TorchSharp;

namespace StyleLora;

/// <summary>Draws emoji of all labels in turn.</summary>
internal static class Drawings
{
    private const double Guidance = 2;

    /// <summary>Draws; image i has the seed <paramref name="seed"/> + i and the label i modulo the number of labels.</summary>
    /// <param name="model">The model.</param>
    /// <param name="seed">The seed of the first image.</param>
    /// <param name="count">The number of images.</param>
    /// <returns>[count, 3, 64, 64] in [-1, 1]; the caller disposes them.</returns>
    public static torch.Tensor Of(LatentDiffusionModel model, long seed, int count)
    {
        var rows = Enumerable.Range(0, count);
        return model.Generate(
            new GenerationBatch { Seeds = [.. rows.Select(row => seed + row)], Labels = [.. rows.Select(row => row % Labels(model).Count)] },
            new GenerationSettings { GuidanceScale = Guidance, Sampling = model.Config.Sampling with { Steps = 25 } });
    }

    /// <summary>Returns the labels of a model.</summary>
    public static IReadOnlyList<string> Labels(LatentDiffusionModel model) => ((LabelConditioning)model.Config.Conditioning).Names;
}
