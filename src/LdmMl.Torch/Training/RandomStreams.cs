using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>Creates the generators of one seed.</summary>
internal static class RandomStreams
{
    // An odd constant spreads neighbouring seeds far apart (2^64 / golden ratio).
    private const ulong Spread = 0x9E3779B97F4A7C15;

    /// <summary>Creates the CPU generator of one use; the same seed and use give the same numbers.</summary>
    public static Generator Create(this RandomStream stream, long seed) => new((ulong)stream.SeedFrom(seed), CPU);

    /// <summary>Computes the seed of one use.</summary>
    public static long SeedFrom(this RandomStream stream, long seed) => unchecked((long)(((ulong)seed * Spread) + (ulong)stream));
}
