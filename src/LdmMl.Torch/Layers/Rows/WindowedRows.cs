using static TorchSharp.torch;

namespace LdmMl.Torch.Layers.Rows;

/// <summary>The result of a layer, computed strip by strip from that of the layer before.</summary>
/// <param name="input">What the layer reads.</param>
/// <param name="step">The layer.</param>
/// <param name="memory">How long strips are.</param>
internal class WindowedRows(RowMap input, RowStep step, RowMemory memory)
    : RowMap(step.Channels, input.Height * step.Up / step.Down, input.Width * step.Up / step.Down)
{
    private readonly long stripRows = memory.StripRows(Math.Max(step.Channels, input.Channels * step.Down / step.Up), input.Width * step.Up / step.Down);

    /// <inheritdoc/>
    public override long HeldBytes => input.HeldBytes;

    /// <inheritdoc/>
    public override IEnumerable<Tensor> Read(long first, bool last)
    {
        var at = first;
        using var hand = new RowBuffer(RoundDown(FirstNeeded(at)));
        foreach (var strip in input.Read(hand.End, last))
        {
            hand.Add(strip);
            for (var end = Possible(at, hand.End); end > at; end = Possible(at, hand.End))
            {
                var rows = Compute(hand, at, end);
                at = end;
                hand.DropBefore(FirstNeeded(at));
                yield return rows;
            }
        }
    }

    private long FirstNeeded(long row) => Math.Max(0, (row * step.Down / step.Up) - step.Above);

    // Strips end at whole steps, so that what follows does too.
    private long Possible(long at, long available)
    {
        var possible = available == input.Height ? Height : RoundDown(Math.Max(0, available - step.Below) * step.Up / step.Down);
        return Math.Min(possible, at + stripRows);
    }

    private Tensor Compute(RowBuffer hand, long first, long end)
    {
        var (begin, stop) = (first * step.Down / step.Up, end * step.Down / step.Up);
        var (from, to) = (FirstNeeded(first), Math.Min(input.Height, stop + step.Below));
        using var scope = NewDisposeScope();
        using var rows = step.Normalization is { } normalization ? normalization.Apply([.. hand.Views(from, to)]) : hand.Join(from, to);
        return step.Run(rows, new RowWindow(first, end, Height, begin - from, to - stop)).DetachFromDisposeScope();
    }
}
