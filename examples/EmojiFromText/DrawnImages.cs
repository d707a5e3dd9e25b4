using LdmMl.Torch.Generation;
using TorchSharp;
using static TorchSharp.torch;

namespace EmojiFromText;

/// <summary>Images of sentences, batch by batch.</summary>
internal static class DrawnImages
{
    private const int BatchSize = 25;

    /// <summary>Draws; image i has seed i + 1.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">The sentences.</param>
    /// <param name="guidance">How far predictions are pushed towards them.</param>
    /// <returns>[count, 3, 64, 64] in [-1, 1]; the caller disposes it.</returns>
    public static Tensor Run(LatentDiffusionModel model, IReadOnlyList<string> prompts, double guidance)
    {
        using var scope = NewDisposeScope();
        using Scalar least = (-1).ToScalar(), greatest = 1.ToScalar();
        var settings = new GenerationSettings { GuidanceScale = guidance };
        var batches = prompts.Index().Chunk(BatchSize).Select(rows => model.Generate(
            new GenerationBatch { Seeds = [.. rows.Select(row => row.Index + 1L)], Prompts = [.. rows.Select(row => row.Item)] }, settings));
        return scope.MoveToOuter(cat([.. batches]).clamp(least, greatest));
    }
}
