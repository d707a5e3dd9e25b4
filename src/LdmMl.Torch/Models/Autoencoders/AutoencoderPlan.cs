using LdmMl.Torch.Layers.Rows;
using LdmMl.Torch.Native;
using LdmMl.Torch.Tensors;

namespace LdmMl.Torch.Models.Autoencoders;

/// <summary>How images of one size pass through an autoencoder within a memory budget.</summary>
/// <param name="RowsAtOnce">How many pass at once.</param>
/// <param name="Strips">What may be stored between layers that are computed strip by strip; null for whole maps.</param>
/// <param name="Bytes">The bytes that one of them takes.</param>
internal sealed record AutoencoderPlan(long RowsAtOnce, RowMemory? Strips, long Bytes)
{
    // Of the free memory: the rest is for other programs, and for what estimates miss.
    private const int ShareNumerator = 3, ShareDenominator = 4;

    // Less than this is not worth asking the system how much is free.
    private const long Negligible = 256L << 20;

    /// <summary>Gets the plan without a limit.</summary>
    public static AutoencoderPlan Whole { get; } = new(long.MaxValue, Strips: null, Bytes: 0);

    /// <summary>Chooses.</summary>
    /// <param name="config">The shape of the network.</param>
    /// <param name="size">The size of the images.</param>
    /// <param name="budget">The bytes that a pass may take; null for a share of those that are free.</param>
    /// <param name="free">Returns how many bytes are free.</param>
    /// <param name="precision">The number format.</param>
    /// <param name="keepsFreed">Whether the process keeps freed memory, of which whole maps leave as much again unused.</param>
    /// <param name="isDirect">Whether libtorch computes the convolutions.</param>
    /// <exception cref="WorkingMemoryException">Not even strips fit; the message says what to do.</exception>
    public static AutoencoderPlan Choose(
        AutoencoderConfig config, ImageSize size, long? budget, Func<long> free, ModelPrecision precision = ModelPrecision.Float32,
        bool keepsFreed = false, bool isDirect = false)
    {
        var whole = (keepsFreed ? 2 : 1) * AutoencoderMemory.Estimate(config, size, 1, precision, isDirect);
        var limit = budget ?? (whole < Negligible / 8 ? Negligible : Share(free, keepsFreed));
        if (whole <= limit || (budget is null && whole < Negligible))
            return new(Math.Max(1, limit / Math.Max(1, whole)), Strips: null, whole);
        var strips = new StripEstimate(config, size);
        if (strips.Smallest > limit)
            throw new WorkingMemoryException("autoencoder", size, images: 1, strips.Smallest, limit, fitting: 0);
        return new(1, new RowMemory(Math.Min(limit - strips.Working, strips.MostStored), strips.StripBytes), Math.Min(limit, strips.Working + strips.MostStored));
    }

    // What earlier passes left in the process is not free until it is given back.
    private static long Share(Func<long> free, bool keepsFreed)
    {
        if (keepsFreed)
            TorchRuntime.ReleaseFreedMemory();
        return free() / ShareDenominator * ShareNumerator;
    }
}
