using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Tensors;
using static TorchSharp.torch;

namespace LdmMl.Torch.Generation;

/// <summary>Makes the vectors that SDXL takes beside the tokens.</summary>
internal static class RowVectors
{
    /// <summary>Puts the sinusoids of six sizes behind the vectors of texts.</summary>
    /// <param name="pooled">The vectors of texts [B, P] or one row for all.</param>
    /// <param name="conditioning">How they are laid out.</param>
    /// <param name="sizes">The sizes; null where nothing was cut or made smaller.</param>
    /// <param name="generated">The size of the images.</param>
    /// <param name="rows">How many rows there are.</param>
    public static Tensor Of(Tensor pooled, VectorConditioning conditioning, ImageSizes? sizes, ImageSize generated, int rows)   // -> [B, P + 6 D]
    {
        using var scope = NewDisposeScope();
        var numbers = tensor((sizes ?? new ImageSizes()).Numbers(generated));
        var waves = TimestepSinusoids.Embed(numbers, conditioning.SizeDimension).flatten().unsqueeze(0);
        return scope.MoveToOuter(cat([pooled.expand([rows, pooled.shape[1]]), waves.expand([rows, waves.shape[1]])], dim: 1));
    }
}
