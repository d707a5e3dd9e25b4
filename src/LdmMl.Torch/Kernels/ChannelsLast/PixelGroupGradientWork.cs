using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using LdmMl.Torch.Kernels.Threads;

namespace LdmMl.Torch.Kernels.ChannelsLast;

/// <summary>
/// The pointers and sizes of one call of <see cref="PixelGroupGradient"/>, and its two passes over the memory. With n = (x + shift - mean) * scale,
/// v = n * weight + bias, y = v or SiLU(v), and g the gradient at v:
/// <code>
///   weight: sum of g n      bias: sum of g      x: scale (weight g - (S + n T) / count)
/// </code>
/// where S and T are the sums of weight g and of weight g n over the group's values, which are as many as count.
/// </summary>
internal sealed unsafe class PixelGroupGradientWork : IDisposable
{
    // Both images of a part stay in the second-level cache; short sums lose fewer bits.
    private const int NumbersOfPart = 1 << 14;
    private const int Width = 16, Sums = 3, Maps = 4;

    private ScratchMemory? sums;                                 // [image][part][sum of g, g n, n][channels]
    private ScratchMemory? maps;                                 // [image][factor, summand, slope, offset][channels]
    private double[] totals = [];                                // [image][sum of g, g n, n][channels]
    private int pixelsOfPart, parts;

    public required float* Images { get; init; }                 // [B, HW, C]

    public required float* Gradients { get; init; }              // [B, HW, C]

    public required float* Statistics { get; init; }             // [B, groups, 2]

    public required float* Shifts { get; init; }                 // [B, C], or null

    public required float* Weights { get; init; }                // [C], or [B, C]

    public required float* Biases { get; init; }                 // like the weights

    public required bool WeightsPerImage { get; init; }

    public required float* Result { get; init; }                 // [B, HW, C]

    public required float* ShiftResult { get; init; }            // [B, C]

    public required float* WeightResult { get; init; }           // like the weights

    public required float* BiasResult { get; init; }             // like the weights

    public required int Count { get; init; }

    public required int Channels { get; init; }

    public required int Groups { get; init; }

    public required int Pixels { get; init; }

    public required bool WithSilu { get; init; }

    /// <summary>Computes all gradients on the given number of threads.</summary>
    public void Run(int threads)
    {
        pixelsOfPart = Math.Max(1, NumbersOfPart / Channels);
        parts = (Pixels + pixelsOfPart - 1) / pixelsOfPart;
        sums = ScratchMemory.Rent((long)Count * parts * Sums * Channels);
        maps = ScratchMemory.Rent((long)Count * Maps * Channels);
        totals = new double[Count * Sums * Channels];
        for (var image = 0; image < Count; image++)
            Prepare(image);
        Share(threads, Measure);
        for (var image = 0; image < Count; image++)
            Combine(image);
        AddImages();
        Share(threads, Apply);
    }

    public void Dispose()
    {
        sums?.Dispose();
        maps?.Dispose();
    }

    private void Share(int threads, Action<int> one)
    {
        var list = new WorkList(Count * parts);
        OpenMpTeam.Run(threads, _ =>
        {
            while (list.TryTake(out var part))
                one(part);
        });
    }

    // The map from x to v, and until the sums are known that from x to n.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Prepare(int image)
    {
        var factors = Map(image);
        var size = Channels / Groups;
        for (var group = 0; group < Groups; group++)
        {
            var (mean, scale) = (Statistic(image, group, 0), Statistic(image, group, 1));
            for (var channel = group * size; channel < (group + 1) * size; channel++)
            {
                var (at, distance) = (Parameter(image, channel), Shift(image, channel) - mean);
                factors[channel] = Weights[at] * scale;
                factors[Channels + channel] = MathF.FusedMultiplyAdd(distance, factors[channel], Biases[at]);
                factors[(2 * Channels) + channel] = scale;
                factors[(3 * Channels) + channel] = distance * scale;
            }
        }
    }

    private void Measure(int index)
    {
        var (image, part) = Math.DivRem(index, parts);
        var (first, count) = Part(part);
        var start = (((nint)image * Pixels) + first) * Channels;
        var map = Map(image);
        var target = sums!.Numbers + ((nint)index * Sums * Channels);
        var channel = 0;
        for (; channel <= Channels - Width; channel += Width)
            MeasureLanes(Images + start + channel, Gradients + start + channel, count, map + channel, target + channel);
        for (; channel < Channels; channel++)
            MeasureOne(Images + start + channel, Gradients + start + channel, count, map + channel, target + channel);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void MeasureLanes(float* x, float* y, int count, float* map, float* target)
    {
        var (factor, summand) = (Vector512.Load(map), Vector512.Load(map + Channels));
        var (scale, distance) = (Vector512.Load(map + (2 * Channels)), Vector512.Load(map + (3 * Channels)));
        Vector512<float> plain = default, product = default, normal = default;
        for (; count > 0; count--, x += Channels, y += Channels)
        {
            var value = Vector512.Load(x);
            var g = Slope(Vector512.Load(y), Vector512.FusedMultiplyAdd(value, factor, summand));
            var n = Vector512.FusedMultiplyAdd(value, scale, distance);
            plain += g;
            product = Vector512.FusedMultiplyAdd(g, n, product);
            normal += n;
        }

        plain.Store(target);
        product.Store(target + Channels);
        normal.Store(target + (2 * Channels));
    }

    private void MeasureOne(float* x, float* y, int count, float* map, float* target)
    {
        float plain = 0, product = 0, normal = 0;
        for (; count > 0; count--, x += Channels, y += Channels)
        {
            var g = Slope(*y, MathF.FusedMultiplyAdd(*x, map[0], map[Channels]));
            var n = MathF.FusedMultiplyAdd(*x, map[2 * Channels], map[3 * Channels]);
            (plain, product, normal) = (plain + g, MathF.FusedMultiplyAdd(g, n, product), normal + n);
        }

        (target[0], target[Channels], target[2 * Channels]) = (plain, product, normal);
    }

    // Sums of parts become sums of the image, the sums of groups, and the map from x and g to the gradient of x.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Combine(int image)
    {
        var total = totals.AsSpan(image * Sums * Channels, Sums * Channels);
        for (var part = 0; part < parts; part++)
        {
            var of = sums!.Numbers + ((((nint)image * parts) + part) * Sums * Channels);
            for (var i = 0; i < total.Length; i++)
                total[i] += of[i];
        }

        var map = Map(image);
        var size = Channels / Groups;
        for (var group = 0; group < Groups; group++)
        {
            var (plain, product) = (0.0, 0.0);
            for (var channel = group * size; channel < (group + 1) * size; channel++)
            {
                var weight = (double)Weights[Parameter(image, channel)];
                (plain, product) = (plain + (weight * total[channel]), product + (weight * total[Channels + channel]));
            }

            double scale = Statistic(image, group, 1), share = scale / ((double)size * Pixels);
            for (var channel = group * size; channel < (group + 1) * size; channel++)
            {
                double distance = map[(3 * Channels) + channel];
                map[(2 * Channels) + channel] = (float)(-share * product * scale);
                map[(3 * Channels) + channel] = (float)(-share * (plain + (product * distance)));
                ShiftResult[((nint)image * Channels) + channel] = (float)(
                    (map[channel] * total[channel]) - (share * ((Pixels * plain) + (product * total[(2 * Channels) + channel]))));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddImages()
    {
        for (var channel = 0; channel < Channels; channel++)
        {
            var (plain, product) = (0.0, 0.0);
            for (var image = 0; image < Count; image++)
            {
                var at = (image * Sums * Channels) + channel;
                (plain, product) = WeightsPerImage
                    ? (totals[at], totals[at + Channels]) : (plain + totals[at], product + totals[at + Channels]);
                BiasResult[Parameter(image, channel)] = (float)plain;
                WeightResult[Parameter(image, channel)] = (float)product;
            }
        }
    }

    private void Apply(int index)
    {
        var (image, part) = Math.DivRem(index, parts);
        var (first, count) = Part(part);
        var map = Map(image);
        var at = (((nint)image * Pixels) + first) * Channels;
        for (var pixel = 0; pixel < count; pixel++, at += Channels)
            Pixel(Images + at, Gradients + at, Result + at, map);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Pixel(float* x, float* y, float* to, float* map)
    {
        var channel = 0;
        for (; channel <= Channels - Width; channel += Width)
        {
            var (value, factor) = (Vector512.Load(x + channel), Vector512.Load(map + channel));
            var g = Slope(Vector512.Load(y + channel), Vector512.FusedMultiplyAdd(value, factor, Vector512.Load(map + Channels + channel)));
            var rest = Vector512.FusedMultiplyAdd(
                value, Vector512.Load(map + (2 * Channels) + channel), Vector512.Load(map + (3 * Channels) + channel));
            Vector512.FusedMultiplyAdd(factor, g, rest).Store(to + channel);
        }

        for (; channel < Channels; channel++)
        {
            var g = Slope(y[channel], MathF.FusedMultiplyAdd(x[channel], map[channel], map[Channels + channel]));
            to[channel] = MathF.FusedMultiplyAdd(
                map[channel], g, MathF.FusedMultiplyAdd(x[channel], map[(2 * Channels) + channel], map[(3 * Channels) + channel]));
        }
    }

    // The gradient at v: SiLU'(v) = s (1 + v (1 - s)) with s = sigmoid(v).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]   // a call for every sixteen values costs as much as computing them
    private Vector512<float> Slope(Vector512<float> gradient, Vector512<float> v)
    {
        if (!WithSilu)
            return gradient;
        var s = Vector512<float>.One / (Vector512<float>.One + VectorExponential.Exponential(-v));
        return gradient * s * Vector512.FusedMultiplyAdd(v, Vector512<float>.One - s, Vector512<float>.One);
    }

    private float Slope(float gradient, float v)
    {
        if (!WithSilu)
            return gradient;
        var s = 1 / (1 + MathF.Exp(-v));
        return gradient * s * MathF.FusedMultiplyAdd(v, 1 - s, 1);
    }

    private (int First, int Count) Part(int part) => (part * pixelsOfPart, Math.Min(pixelsOfPart, Pixels - (part * pixelsOfPart)));

    private float* Map(int image) => maps!.Numbers + ((nint)image * Maps * Channels);

    private nint Parameter(int image, int channel) => WeightsPerImage ? ((nint)image * Channels) + channel : channel;

    private float Shift(int image, int channel) => Shifts == null ? 0 : Shifts[((nint)image * Channels) + channel];

    private float Statistic(int image, int group, int which) => Statistics[(2 * (((nint)image * Groups) + group)) + which];
}
