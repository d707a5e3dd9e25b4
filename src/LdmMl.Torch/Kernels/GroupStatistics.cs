using System.Runtime.Intrinsics;

namespace LdmMl.Torch.Kernels;

/// <summary>Mean and inverse deviation of the channels of one group in one image, each channel shifted first.</summary>
internal static unsafe class GroupStatistics
{
    /// <summary>Computes the mean and 1 / sqrt(variance + epsilon), in two passes.</summary>
    /// <param name="group">The group's planes, contiguous.</param>
    /// <param name="shifts">What is added to each channel; null for nothing.</param>
    /// <param name="channels">The channels of the group.</param>
    /// <param name="pixels">The pixels of a plane.</param>
    /// <param name="epsilon">Added to the variance.</param>
    public static (float Mean, float Scale) Measure<T>(byte* group, float* shifts, int channels, int pixels, double epsilon)
        where T : struct, IValueFormat
    {
        var total = 0.0;
        for (var channel = 0; channel < channels; channel++)
            total += Sum<T>(group + ((nint)channel * pixels * T.Size), pixels) + (pixels * (shifts == null ? 0.0 : shifts[channel]));
        var mean = (float)(total / ((double)channels * pixels));
        var squares = 0.0;
        for (var channel = 0; channel < channels; channel++)
        {
            var shift = (shifts == null ? 0f : shifts[channel]) - mean;
            squares += SumOfSquares<T>(group + ((nint)channel * pixels * T.Size), pixels, shift);
        }

        return (mean, (float)(1 / Math.Sqrt((squares / ((double)channels * pixels)) + epsilon)));
    }

    private static double Sum<T>(byte* plane, int pixels) where T : struct, IValueFormat
    {
        var (first, second) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var at = 0;
        for (; at <= pixels - 32; at += 32)
        {
            first += T.Load(plane + ((nint)at * T.Size));
            second += T.Load(plane + ((nint)(at + 16) * T.Size));
        }

        if (at <= pixels - 16)
        {
            first += T.Load(plane + ((nint)at * T.Size));
            at += 16;
        }

        second += Rest<T>(plane, at, pixels);
        return Vector512.Sum(first + second);
    }

    private static double SumOfSquares<T>(byte* plane, int pixels, float shift) where T : struct, IValueFormat
    {
        var (first, second) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var by = Vector512.Create(shift);
        var at = 0;
        for (; at <= pixels - 32; at += 32)
        {
            var (a, b) = (T.Load(plane + ((nint)at * T.Size)) + by, T.Load(plane + ((nint)(at + 16) * T.Size)) + by);
            first = Vector512.FusedMultiplyAdd(a, a, first);
            second = Vector512.FusedMultiplyAdd(b, b, second);
        }

        for (; at <= pixels - 16; at += 16)
        {
            var a = T.Load(plane + ((nint)at * T.Size)) + by;
            first = Vector512.FusedMultiplyAdd(a, a, first);
        }

        if (at < pixels)
        {
            var inside = Vector512.LessThan(Vector512.Create(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), Vector512.Create(pixels - at));
            var a = (Rest<T>(plane, at, pixels) + by) & inside.AsSingle();
            second = Vector512.FusedMultiplyAdd(a, a, second);
        }

        return Vector512.Sum(first + second);
    }

    // The last pixels of a plane, and zeros behind them.
    private static Vector512<float> Rest<T>(byte* plane, int at, int pixels) where T : struct, IValueFormat
    {
        if (at >= pixels)
            return Vector512<float>.Zero;
        var buffer = stackalloc byte[16 * sizeof(float)];
        new Span<byte>(buffer, 16 * sizeof(float)).Clear();
        var bytes = (pixels - at) * T.Size;
        Buffer.MemoryCopy(plane + ((nint)at * T.Size), buffer, bytes, bytes);
        return T.Load(buffer);
    }
}
