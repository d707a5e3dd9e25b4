using LdmMl.Torch.Generation;
using TorchSharp;
using static TorchSharp.torch;

namespace EmojiGeneration;

/// <summary>Generates images from seeds, batch by batch.</summary>
internal static class SeededImages
{
    private const int BatchSize = 32;

    /// <summary>Generates images; image i has seed i + 1 and the label i modulo the number of labels.</summary>
    /// <param name="model">The model.</param>
    /// <param name="count">The number of images.</param>
    /// <param name="trial">The settings.</param>
    /// <returns>[count, 3, 64, 64] in [-1, 1]; the caller disposes it.</returns>
    public static Tensor Run(LatentDiffusionModel model, int count, Trial trial)
    {
        using var scope = NewDisposeScope();
        using Scalar least = (-1).ToScalar(), greatest = 1.ToScalar();
        var settings = new GenerationSettings
        {
            GuidanceScale = trial.Guidance, GuidanceProjection = trial.IsProjected ? new() : null, Sampling = trial.Sampling,
        };
        var batches = Enumerable.Range(0, count).Chunk(BatchSize).Select(rows => model.Generate(
            new GenerationBatch { Seeds = [.. rows.Select(row => row + 1L)], Labels = [.. rows.Select(row => LabelOf(model, row))] }, settings));
        return scope.MoveToOuter(cat([.. batches]).clamp(least, greatest));
    }

    /// <summary>Returns the label of an image.</summary>
    public static int LabelOf(LatentDiffusionModel model, int image) => image % Labels(model).Count;

    /// <summary>Returns the labels of a model, without the null label.</summary>
    public static IReadOnlyList<string> Labels(LatentDiffusionModel model) => ((LabelConditioning)model.Config.Conditioning).Names;
}
