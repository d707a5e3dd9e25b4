using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Tensors;
using static TorchSharp.torch;

namespace LdmMl.Torch.Generation;

/// <summary>Computes the vectors that SDXL takes in addition to the tokens.</summary>
internal static class RowVectors
{
    /// <summary>Appends the sinusoids of six sizes to the pooled text vectors.</summary>
    /// <param name="pooled">The pooled text vectors, [B, P] or one row for all.</param>
    /// <param name="conditioning">Their layout.</param>
    /// <param name="sizes">The sizes; null as if nothing had been cropped or resized.</param>
    /// <param name="generated">The size of the generated images.</param>
    /// <param name="rows">The number of rows.</param>
    public static Tensor Of(Tensor pooled, VectorConditioning conditioning, ImageSizes? sizes, ImageSize generated, int rows)   // -> [B, P + 6 D]
    {
        using var scope = NewDisposeScope();
        var numbers = tensor((sizes ?? new ImageSizes()).Numbers(generated));
        var waves = TimestepSinusoids.Embed(numbers, conditioning.SizeDimension).flatten().unsqueeze(0);
        return scope.MoveToOuter(cat([pooled.expand([rows, pooled.shape[1]]), waves.expand([rows, waves.shape[1]])], dim: 1));
    }
}
