using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LdmMl.Torch.Kernels;

/// <summary>The pointers and sizes of one call of <see cref="GroupActivation"/>, and the work on one group of one image.</summary>
internal sealed unsafe class GroupWork(
    nint images, nint result, nint shifts, nint weights, nint biases,
    bool weightsPerImage, int channels, int groupChannels, int pixels, double epsilon, bool withSilu)
{
    /// <summary>Normalises one group.</summary>
    /// <param name="index">The image's number times the number of groups, plus the group's.</param>
    public void Run<TFrom, TTo>(int index)
        where TFrom : struct, IValueFormat
        where TTo : struct, IValueFormat
    {
        var first = index * groupChannels;                       // among the channels of all images
        var shift = shifts == 0 ? null : (float*)shifts + first;
        var start = (byte*)images + ((nint)first * pixels * TFrom.Size);
        var (mean, scale) = GroupStatistics.Measure<TFrom>(start, shift, groupChannels, pixels, epsilon);
        for (var i = 0; i < groupChannels; i++)
        {
            var channel = weightsPerImage ? first + i : (first + i) % channels;
            var factor = ((float*)weights)[channel] * scale;
            var summand = MathF.FusedMultiplyAdd((shift == null ? 0 : shift[i]) - mean, factor, ((float*)biases)[channel]);
            var target = (byte*)result + ((nint)(first + i) * pixels * TTo.Size);
            Plane<TFrom, TTo>(start + ((nint)i * pixels * TFrom.Size), target, factor, summand);
        }
    }

    private void Plane<TFrom, TTo>(byte* from, byte* to, float factor, float summand)
        where TFrom : struct, IValueFormat
        where TTo : struct, IValueFormat
    {
        var (a, b) = (Vector512.Create(factor), Vector512.Create(summand));
        var at = 0;
        for (; at <= pixels - 16; at += 16)
            TTo.Store(Activate(Vector512.FusedMultiplyAdd(TFrom.Load(from + ((nint)at * TFrom.Size)), a, b)), to + ((nint)at * TTo.Size));
        if (at == pixels)
            return;

        var buffer = stackalloc byte[16 * sizeof(float)];
        var rest = pixels - at;
        new Span<byte>(buffer, 16 * sizeof(float)).Clear();
        Buffer.MemoryCopy(from + ((nint)at * TFrom.Size), buffer, rest * TFrom.Size, rest * TFrom.Size);
        TTo.Store(Activate(Vector512.FusedMultiplyAdd(TFrom.Load(buffer), a, b)), buffer);
        Buffer.MemoryCopy(buffer, to + ((nint)at * TTo.Size), rest * TTo.Size, rest * TTo.Size);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]   // a call for every sixteen values costs as much as computing them
    private Vector512<float> Activate(Vector512<float> values) => withSilu ? VectorExponential.Silu(values) : values;
}
