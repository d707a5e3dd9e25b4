using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion;

/// <summary>
/// Noise by row: each row draws from its own CPU generator, seeded with the row's seed, so that a row can be reproduced alone,
/// in any batch, order or shard. Draw n of a row is draw n of <c>torch.randn((1, c, h, w), generator=torch.Generator().manual_seed(seed))</c>. A
/// negative seed is the unsigned number with the same 64 bits, as in PyTorch.
/// </summary>
public sealed class RowNoise : INoiseSource, IDisposable
{
    private readonly Generator[] generators;

    /// <summary>Initializes a seeded generator for each row.</summary>
    /// <param name="seeds">The rows' seeds, at least one.</param>
    /// <exception cref="ArgumentException">There are no seeds.</exception>
    public RowNoise(IReadOnlyList<long> seeds)
    {
        ArgumentNullException.ThrowIfNull(seeds);
        if (seeds.Count == 0)
            throw new ArgumentException("There are no seeds; give one per row.", nameof(seeds));

        generators = [.. seeds.Select(seed => new Generator(unchecked((ulong)seed), CPU))];
    }

    /// <summary>Draws the next noise of every row.</summary>
    /// <param name="state">A tensor of the wanted shape [B, ...], type and device; B must be the number of seeds.</param>
    /// <returns>Standard normal noise of that shape, drawn on the CPU in float32. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">The number of rows is not the number of seeds.</exception>
    public Tensor Draw(Tensor state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.dim() == 0 || state.shape[0] != generators.Length)
        {
            throw new ArgumentException(
                $"The batch is [{string.Join(", ", state.shape)}], but there are {generators.Length} seeds; give one per row.", nameof(state));
        }

        using var scope = NewDisposeScope();
        var row = state.shape[1..];
        Tensor[] rows = [.. generators.Select(generator => randn(row, dtype: ScalarType.Float32, generator: generator))];
        return scope.MoveToOuter(stack(rows).to(state.dtype, state.device));
    }

    /// <summary>Disposes the generators.</summary>
    public void Dispose()
    {
        foreach (var generator in generators)
            generator.Dispose();
    }
}
