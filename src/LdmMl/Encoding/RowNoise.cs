using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Encoding;

/// <summary>Noise that belongs to rows: each row's comes from its own seed, whatever rows surround it.</summary>
internal static class RowNoise
{
    /// <summary>Draws <c>torch.randn(shape, generator)</c> for each seed; what PyTorch draws on the CPU for the same seed.</summary>
    /// <returns>Noise [seeds, ...shape]. The caller disposes it.</returns>
    public static Tensor Create(IEnumerable<long> seeds, long[] shape)
    {
        using var scope = NewDisposeScope();
        Tensor[] rows = [.. seeds.Select(seed => Draw(seed, shape))];
        return scope.MoveToOuter(stack(rows));
    }

    private static Tensor Draw(long seed, long[] shape)
    {
        using var generator = new Generator(unchecked((ulong)seed), CPU);
        return randn(shape, generator: generator);
    }
}
