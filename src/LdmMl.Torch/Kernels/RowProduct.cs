using System.Runtime.Intrinsics;
using LdmMl.Torch.Tensors;
using static TorchSharp.torch;

namespace LdmMl.Torch.Kernels;

/// <summary>
/// A few rows times a matrix, in float32. libtorch's product depends in its last bits on how many rows there are and how they are aligned; here each
/// element of the result is summed in one order.
/// </summary>
internal static unsafe class RowProduct
{
    private const int RowsAtOnce = 4;

    /// <summary>Computes x w^T + b.</summary>
    /// <param name="rows">Rows [B, Cin], float32, contiguous.</param>
    /// <param name="weight">Weights [Cout, Cin], float32 or float16, contiguous.</param>
    /// <param name="bias">Added to each row, [Cout]; null for nothing.</param>
    /// <returns>Rows [B, Cout]. The caller disposes them.</returns>
    public static Tensor Run(Tensor rows, Tensor weight, Tensor? bias)
    {
        var (count, inChannels, outChannels) = ((int)rows.shape[0], (int)weight.shape[1], (int)weight.shape[0]);
        var result = empty([count, outChannels], dtype: ScalarType.Float32);
        var (x, w) = ((nint)TensorPointer.Of(rows), (nint)TensorPointer.Of(weight));
        var (b, y) = ((nint)TensorPointer.Of(bias), (nint)TensorPointer.Of(result));
        using var widened = weight.dtype == ScalarType.Float16 ? ScratchMemory.Rent(inChannels) : null;
        for (var channel = 0; channel < outChannels; channel++)
        {
            var column = (float*)w + ((nint)channel * inChannels);
            if (widened is not null)
            {
                column = widened.Numbers;
                Float16Values.Widen((ushort*)w + ((nint)channel * inChannels), column, inChannels);
            }

            var summand = b == 0 ? 0f : ((float*)b)[channel];
            for (var row = 0; row < count; row += RowsAtOnce)
            {
                Column((float*)x + ((nint)row * inChannels), column, inChannels, (float*)y + ((nint)row * outChannels) + channel, outChannels,
                    Math.Min(RowsAtOnce, count - row), summand);
            }
        }

        // Pointers do not keep tensors alive.
        GC.KeepAlive(rows);
        GC.KeepAlive(weight);
        GC.KeepAlive(bias);
        return result;
    }

    // Up to four rows at once; where there are fewer, the last one is repeated.
    private static void Column(float* rows, float* column, int length, float* result, int step, int count, float summand)
    {
        var first = rows;
        var second = rows + ((nint)Math.Min(1, count - 1) * length);
        var third = rows + ((nint)Math.Min(2, count - 1) * length);
        var fourth = rows + ((nint)(count - 1) * length);
        Vector512<float> a = default, b = default, c = default, d = default;
        var at = 0;
        for (; at <= length - 16; at += 16)
        {
            var w = Vector512.Load(column + at);
            a = Vector512.FusedMultiplyAdd(Vector512.Load(first + at), w, a);
            b = Vector512.FusedMultiplyAdd(Vector512.Load(second + at), w, b);
            c = Vector512.FusedMultiplyAdd(Vector512.Load(third + at), w, c);
            d = Vector512.FusedMultiplyAdd(Vector512.Load(fourth + at), w, d);
        }

        var sums = stackalloc float[] { Vector512.Sum(a), Vector512.Sum(b), Vector512.Sum(c), Vector512.Sum(d) };
        for (var row = 0; row < count; row++)
        {
            var sum = sums[row];
            for (var i = at; i < length; i++)
                sum = MathF.FusedMultiplyAdd(rows[((nint)row * length) + i], column[i], sum);
            result[(nint)row * step] = sum + summand;
        }
    }
}
