using LdmMl.Torch.Kernels.Vectors;
using LdmMl.Torch.Native;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Kernels.Products;

/// <summary>
/// A linear layer over tokens, for float32 on the CPU: x W^T + b. It reads the weights where they lie. A token's result is the same to the last bit
/// whatever tokens are beside it, and for every number of threads.
/// </summary>
internal static unsafe class TokenProduct
{
    /// <summary>Determines whether the kernel can compute a layer of these widths.</summary>
    public static bool Fits(long inChannels, long outChannels) =>
        Processor.Lanes > 0 && inChannels % Transposition.Side == 0 && outChannels % Transposition.Side == 0;

    /// <summary>Multiplies.</summary>
    /// <param name="tokens">Tokens [..., Cin], float32, contiguous.</param>
    /// <param name="weight">Weights [Cout, Cin], float32 or float16, contiguous.</param>
    /// <param name="bias">The bias of each output channel, [Cout]; null for none.</param>
    /// <param name="lanes">The width of its vectors, 16 or 8; the processor's widest unless given.</param>
    /// <returns>Tokens [..., Cout]. The caller disposes them.</returns>
    public static Tensor Run(Tensor tokens, Tensor weight, Tensor? bias, int? lanes = null) =>
        Run(tokens, weight, bias, isGated: false, lanes);

    /// <summary>Multiplies by the first half of the weights, and each result by GELU of its product with the second half.</summary>
    /// <param name="tokens">Tokens [..., Cin], float32, contiguous.</param>
    /// <param name="weight">Weights [2 Cout, Cin], float32 or float16, contiguous.</param>
    /// <param name="bias">The bias of each row of the weights, [2 Cout]; null for none.</param>
    /// <param name="lanes">The width of its vectors, 16 or 8; the processor's widest unless given.</param>
    /// <returns>Tokens [..., Cout]. The caller disposes them.</returns>
    public static Tensor RunGated(Tensor tokens, Tensor weight, Tensor? bias, int? lanes = null) =>
        Run(tokens, weight, bias, isGated: true, lanes);

    private static Tensor Run(Tensor tokens, Tensor weight, Tensor? bias, bool isGated, int? lanes)
    {
        var (inChannels, outChannels) = ((int)weight.shape[1], (int)weight.shape[0] / (isGated ? 2 : 1));
        var result = ResultMemory.Empty([.. tokens.shape[..^1], outChannels]);
        var layer = new TokenLayer
        {
            Input = TensorPointer.OfFloats(tokens),
            Weights = TensorPointer.Of(weight),
            HasHalfWeights = weight.dtype == ScalarType.Float16,
            Bias = TensorPointer.OfFloats(bias),
            Output = TensorPointer.OfFloats(result),
            Tokens = checked((int)(tokens.numel() / inChannels)),
            InChannels = inChannels,
            OutChannels = outChannels,
            IsGated = isGated,
        };
        if ((lanes ?? Processor.Lanes) == 16)
            TokenProductRun<Lanes16>.Compute(layer);
        else
            TokenProductRun<Lanes8>.Compute(layer);

        // Pointers do not keep tensors alive.
        GC.KeepAlive(tokens);
        GC.KeepAlive(weight);
        GC.KeepAlive(bias);
        return result;
    }
}
