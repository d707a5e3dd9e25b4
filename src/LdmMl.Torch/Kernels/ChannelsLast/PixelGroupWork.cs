using LdmMl.Torch.Kernels.Threads;

namespace LdmMl.Torch.Kernels.ChannelsLast;

/// <summary>The pointers and sizes of one call of <see cref="PixelGroupActivation"/>, and its two passes over the memory.</summary>
internal sealed unsafe class PixelGroupWork : IDisposable
{
    private ScratchMemory? coefficients;                         // [image][factor, summand][channels]
    private GroupMoments[] moments = [];                         // [image][part][group]
    private int pixelsOfPart, parts;

    public required float* Images { get; init; }                 // [B, HW, C]

    public required float* Result { get; init; }                 // [B, HW, C]

    public required float* Shifts { get; init; }                 // [B, C], or null

    public required float* Weights { get; init; }                // [C], or [B, C]

    public required float* Biases { get; init; }                 // like the weights

    /// <summary>Gets where the mean and inverse deviation of each group are written, [B, groups, 2]; null for nowhere.</summary>
    public float* Statistics { get; init; }

    public required bool WeightsPerImage { get; init; }

    public required int Count { get; init; }

    public required int Channels { get; init; }

    public required int Groups { get; init; }

    public required int Pixels { get; init; }

    public required double Epsilon { get; init; }

    public required bool WithSilu { get; init; }

    /// <summary>Normalises all images on the given number of threads.</summary>
    public void Run(int threads)
    {
        pixelsOfPart = Math.Max(1, PixelMoments.NumbersOfPart / Channels);
        parts = (Pixels + pixelsOfPart - 1) / pixelsOfPart;
        moments = new GroupMoments[Count * parts * Groups];
        coefficients = ScratchMemory.Rent((long)Count * 2 * Channels);
        var measured = new WorkList(Count * parts);
        OpenMpTeam.Run(threads, _ =>
        {
            using var sums = ScratchMemory.Rent(Channels);
            while (measured.TryTake(out var part))
                Measure(part, sums.Numbers);
        });
        for (var image = 0; image < Count; image++)
            Combine(image);
        var applied = new WorkList(Count * parts);
        OpenMpTeam.Run(threads, _ =>
        {
            while (applied.TryTake(out var part))
                Apply(part);
        });
    }

    public void Dispose() => coefficients?.Dispose();

    private void Measure(int index, float* sums)
    {
        var (image, part) = Math.DivRem(index, parts);
        var (first, count) = Part(part);
        var start = Images + (((nint)image * Pixels) + first) * Channels;
        var shifts = Shifts == null ? null : Shifts + ((nint)image * Channels);
        PixelMoments.Measure(start, count, Channels, shifts, sums, moments.AsSpan(index * Groups, Groups));
    }

    private void Combine(int image)
    {
        var size = Channels / Groups;
        var factors = Factors(image);
        for (var group = 0; group < Groups; group++)
        {
            var whole = moments[(image * parts * Groups) + group];
            for (var part = 1; part < parts; part++)
                whole += moments[(((image * parts) + part) * Groups) + group];
            if (Statistics != null)
                (Statistics[2 * ((image * Groups) + group)], Statistics[(2 * ((image * Groups) + group)) + 1]) = ((float)whole.Mean, whole.Scale(Epsilon));
            for (var channel = group * size; channel < (group + 1) * size; channel++)
            {
                var at = WeightsPerImage ? ((nint)image * Channels) + channel : channel;
                var shift = Shifts == null ? 0 : Shifts[((nint)image * Channels) + channel];
                (factors[channel], factors[Channels + channel]) = PixelMoments.Fold(whole, Epsilon, shift, Weights[at], Biases[at]);
            }
        }
    }

    private void Apply(int index)
    {
        var (image, part) = Math.DivRem(index, parts);
        var (first, count) = Part(part);
        var factors = Factors(image);
        var at = (((nint)image * Pixels) + first) * Channels;
        PixelAffine.Apply(Images + at, Result + at, count, Channels, factors, factors + Channels, WithSilu);
    }

    private (int First, int Count) Part(int part) => (part * pixelsOfPart, Math.Min(pixelsOfPart, Pixels - (part * pixelsOfPart)));

    private float* Factors(int image) => coefficients!.Numbers + ((nint)image * 2 * Channels);
}
