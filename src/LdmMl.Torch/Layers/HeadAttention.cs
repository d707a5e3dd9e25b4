using LdmMl.Torch.Kernels.Attention;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Layers;

/// <summary>softmax(Q K^T / sqrt(width)) V of every head (Vaswani et al. 2017, section 3.2), by the library's kernel or by libtorch.</summary>
internal static class HeadAttention
{
    // The kernel multiplies the channels of a head by eights.
    private const long WidthStep = 8;

    /// <summary>Attends.</summary>
    /// <param name="query">Queries [B, heads, T, width]; their owner keeps them, as all others.</param>
    /// <param name="key">Keys [B, heads, S, width].</param>
    /// <param name="value">Values [B, heads, S, width].</param>
    /// <returns>The heads' results side by side, [B, T, heads * width], contiguous. The caller disposes them.</returns>
    public static Tensor Run(Tensor query, Tensor key, Tensor value)
    {
        using var scope = NewDisposeScope();
        if (ConvolutionScope.IsFastInference(query.dtype, query.device_type) && query.shape[3] % WidthStep == 0 && BlockAttention.CanRead(query, key, value))
            return scope.MoveToOuter(BlockAttention.Run(query, key, value));

        // It divides by the square root of a head's channels itself, and never holds all scores.
        var mixed = functional.scaled_dot_product_attention(query, key, value);
        return scope.MoveToOuter(mixed.transpose(1, 2).contiguous().flatten(2));
    }
}
