using static TorchSharp.torch;

namespace LdmMl.Torch.Layers.Rows;

/// <summary>A layer whose rows depend on a few rows of its input.</summary>
/// <param name="Channels">The channels of its result.</param>
/// <param name="Run">Computes rows from a strip that it does not own; the result belongs to the current scope.</param>
internal sealed record RowStep(long Channels, Func<Tensor, RowWindow, Tensor> Run)
{
    /// <summary>Gets how many rows of the result there are for a row of the input (and columns for a column).</summary>
    public int Up { get; init; } = 1;

    /// <summary>Gets how many rows of the input there are for a row of the result.</summary>
    public int Down { get; init; } = 1;

    /// <summary>Gets how many rows of the input above its pixels a row needs.</summary>
    public int Above { get; init; }

    /// <summary>Gets how many rows of the input below its pixels a row needs.</summary>
    public int Below { get; init; }

    /// <summary>Gets the normalisation of the input; null for none.</summary>
    public RowNormalization? Normalization { get; init; }
}
