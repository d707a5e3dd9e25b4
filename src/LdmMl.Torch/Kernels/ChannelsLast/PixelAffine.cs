using System.Runtime.Intrinsics;
using LdmMl.Torch.Kernels.Threads;
using LdmMl.Torch.Native;
using LdmMl.Torch.Tensors;
using static TorchSharp.torch;

namespace LdmMl.Torch.Kernels.ChannelsLast;

/// <summary>A multiply-add for each channel of channels-last pixels, and SiLU: the second half of a group normalisation.</summary>
internal static unsafe class PixelAffine
{
    private const int Width = 16;

    /// <summary>Computes strips of a map and joins them.</summary>
    /// <param name="strips">Strips [1, C, rows, W], float32, channels last.</param>
    /// <param name="factors">What each channel is multiplied by, [C].</param>
    /// <param name="summands">What is added to each channel, [C].</param>
    /// <param name="withSilu">Whether SiLU follows.</param>
    /// <returns>One strip [1, C, all rows, W], channels last. The caller disposes it.</returns>
    public static Tensor Run(IReadOnlyList<Tensor> strips, float[] factors, float[] summands, bool withSilu)
    {
        using var scope = NewDisposeScope();
        var (channels, width) = (factors.Length, strips[0].shape[3]);
        var result = ResultMemory.Empty([1, strips.Sum(strip => strip.shape[2]), width, channels]);
        var to = TensorPointer.OfFloats(result);
        fixed (float* factor = factors, summand = summands)
        {
            foreach (var strip in strips)
            {
                Run(TensorPointer.OfFloats(strip), to, checked((int)(strip.shape[2] * width)), channels, ((nint)factor, (nint)summand), withSilu);
                to += strip.numel();
            }
        }

        GC.KeepAlive(strips);                                    // pointers do not keep tensors alive
        return scope.MoveToOuter(result.permute(0, 3, 1, 2));
    }

    /// <summary>Computes one pixel after the other.</summary>
    /// <param name="from">[count, channels].</param>
    /// <param name="to">Receives the results, of the same shape; may be the same memory.</param>
    /// <param name="count">How many pixels there are.</param>
    /// <param name="channels">How many channels each has.</param>
    /// <param name="factors">What each channel is multiplied by.</param>
    /// <param name="summands">What is added to each channel.</param>
    /// <param name="withSilu">Whether SiLU follows.</param>
    public static void Apply(float* from, float* to, int count, int channels, float* factors, float* summands, bool withSilu)
    {
        for (var pixel = 0; pixel < count; pixel++, from += channels, to += channels)
            Pixel(from, to, channels, factors, summands, withSilu);
    }

    private static void Run(float* from, float* to, int pixels, int channels, (nint Factors, nint Summands) with, bool withSilu)
    {
        var size = Math.Max(1, PixelMoments.NumbersOfPart / channels);
        var parts = new WorkList((pixels + size - 1) / size);
        var (source, target) = ((nint)from, (nint)to);
        OpenMpTeam.Run(OpenMpTeam.Size, _ =>
        {
            while (parts.TryTake(out var part))
            {
                var at = (nint)part * size * channels;
                Apply(
                    (float*)source + at, (float*)target + at, Math.Min(size, pixels - (part * size)), channels,
                    (float*)with.Factors, (float*)with.Summands, withSilu);
            }
        });
    }

    private static void Pixel(float* from, float* to, int channels, float* factors, float* summands, bool withSilu)
    {
        var channel = 0;
        for (; channel <= channels - Width; channel += Width)
        {
            var value = Vector512.FusedMultiplyAdd(
                Vector512.Load(from + channel), Vector512.Load(factors + channel), Vector512.Load(summands + channel));
            (withSilu ? VectorExponential.Silu(value) : value).Store(to + channel);
        }

        for (; channel < channels; channel++)
        {
            var value = MathF.FusedMultiplyAdd(from[channel], factors[channel], summands[channel]);
            to[channel] = withSilu ? value / (1 + MathF.Exp(-value)) : value;
        }
    }
}
