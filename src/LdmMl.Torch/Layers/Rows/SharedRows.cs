using static TorchSharp.torch;

namespace LdmMl.Torch.Layers.Rows;

/// <summary>
/// A map with two readers in one pass, as a residual block has them: layers read ahead, and what is added at their end takes the same rows later. Between
/// <see cref="Begin"/> and <see cref="End"/> each row is computed once for both.
/// </summary>
internal sealed class SharedRows : RowMap, IDisposable
{
    // What the layers of a block need above a row, of which each begins at a whole step.
    private const long Lead = 4 * Step;

    private readonly RowMap input;
    private RowBuffer? ahead;
    private IEnumerator<Tensor>? reading;

    /// <param name="input">The map.</param>
    /// <param name="memory">What owns the rows in hand.</param>
    public SharedRows(RowMap input, RowMemory memory) : base(input.Channels, input.Height, input.Width)
    {
        this.input = input;
        memory.Own(this);
    }

    /// <inheritdoc/>
    public override long HeldBytes => input.HeldBytes;

    /// <summary>Begins a pass of both readers.</summary>
    /// <param name="first">The first row that <see cref="Take"/> will ask for.</param>
    /// <param name="last">Whether nobody reads the map again.</param>
    public void Begin(long first, bool last)
    {
        ahead = new RowBuffer(Math.Max(0, first - Lead));
        reading = input.Read(ahead.End, last).GetEnumerator();
    }

    /// <summary>Ends it.</summary>
    public void End()
    {
        reading?.Dispose();
        ahead?.Dispose();
        (reading, ahead) = (null, null);
    }

    /// <summary>Takes rows for what is added; they are not read again in this pass. The caller disposes the strip.</summary>
    public Tensor Take(long from, long to)
    {
        while (ahead!.End < to && Pull())
        {
        }

        var rows = ahead.Join(from, to);
        ahead.DropBefore(to);
        return rows;
    }

    /// <inheritdoc/>
    public override IEnumerable<Tensor> Read(long first, bool last) => reading is null ? input.Read(first, last) : ReadAhead(first);

    /// <inheritdoc/>
    public void Dispose() => End();

    private IEnumerable<Tensor> ReadAhead(long first)
    {
        for (var at = first; at < Height;)
        {
            if (at >= ahead!.End && !Pull())
                yield break;
            var begin = at;
            at = Math.Max(at, ahead.End);
            foreach (var strip in ahead.Views(begin, at).ToArray())
                yield return strip;
        }
    }

    private bool Pull()
    {
        if (!reading!.MoveNext())
            return false;
        ahead!.Add(reading.Current);
        return true;
    }
}
