using static TorchSharp.torch;

namespace LdmMl.Torch.Layers.Rows;

/// <summary>The last layer of a residual block, which adds rows of the block's input.</summary>
/// <param name="shared">The input, of which the layer takes the rows that it adds.</param>
/// <param name="inner">What the layer reads.</param>
/// <param name="step">The layer.</param>
/// <param name="memory">How long strips are.</param>
internal sealed class ResidualRows(SharedRows shared, RowMap inner, RowStep step, RowMemory memory) : WindowedRows(inner, step, memory)
{
    private readonly KeptRows? kept = inner as KeptRows;

    // Of the layers between, only what they store themselves: what they read is the input again.
    /// <inheritdoc/>
    public override long HeldBytes => shared.HeldBytes + (kept?.OwnBytes ?? 0);

    /// <inheritdoc/>
    public override IEnumerable<Tensor> Read(long first, bool last)
    {
        shared.Begin(RoundDown(first), last);
        try
        {
            foreach (var strip in base.Read(first, last))
                yield return strip;
        }
        finally
        {
            shared.End();
        }
    }
}
