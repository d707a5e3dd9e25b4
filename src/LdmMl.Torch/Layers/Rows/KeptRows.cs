using static TorchSharp.torch;

namespace LdmMl.Torch.Layers.Rows;

/// <summary>
/// A map whose rows are stored when they are read for the first time, as many from the top as there is memory for; the others are computed again.
/// </summary>
internal sealed class KeptRows : RowMap, IDisposable
{
    private readonly RowMemory memory;
    private readonly RowBuffer rows = new(0);
    private readonly RowMap? source;
    private bool isFull;

    private KeptRows(RowMap shape, RowMap? source, RowMemory memory) : base(shape.Channels, shape.Height, shape.Width)
    {
        (this.source, this.memory) = (source, memory);
        memory.Own(this);
    }

    /// <summary>Gets how many rows are stored.</summary>
    public long End => rows.End;

    /// <summary>Gets the bytes of its own rows.</summary>
    public long OwnBytes { get; private set; }

    /// <inheritdoc/>
    public override long HeldBytes => OwnBytes + (source?.HeldBytes ?? 0);

    /// <summary>Stores a map, all of it if it fits.</summary>
    /// <param name="source">The map.</param>
    /// <param name="memory">How much may be stored.</param>
    /// <param name="isOnlyReader">Whether nothing else reads the source, which can then give back its own rows.</param>
    public static KeptRows Of(RowMap source, RowMemory memory, bool isOnlyReader = true) => source switch
    {
        KeptRows kept => kept,
        _ when memory.Fits(source.Bytes, isOnlyReader ? source.HeldBytes : 0) => Whole(source, memory, isOnlyReader),
        _ => new KeptRows(source, source, memory),
    };

    /// <summary>Creates a stored map to which strips are added.</summary>
    /// <param name="shape">A map of the same shape.</param>
    /// <param name="memory">What owns the rows.</param>
    public static KeptRows Empty(RowMap shape, RowMemory memory) => new(shape, source: null, memory);

    /// <summary>Stores all of a map.</summary>
    public static KeptRows Whole(RowMap source, RowMemory memory, bool isOnlyReader = true)
    {
        if (source is KeptRows { source: null } kept)
            return kept;
        var result = Empty(source, memory);
        foreach (var strip in source.Read(0, last: isOnlyReader))
            result.Add(strip);
        return result;
    }

    /// <summary>Adds the next strip, which it then owns.</summary>
    public void Add(Tensor strip)
    {
        rows.Add(strip);
        memory.Take(BytesOf(strip));
        OwnBytes += BytesOf(strip);
    }

    /// <inheritdoc/>
    public override IEnumerable<Tensor> Read(long first, bool last)
    {
        var kept = rows.End;
        foreach (var strip in last ? HandOver(first) : rows.Views(Math.Min(first, kept), kept))
            yield return strip;
        if (source is null || kept == Height)
            yield break;
        foreach (var strip in source.Read(Math.Max(first, kept), last))
        {
            if (!last && !isFull && first <= rows.End)
                Keep(strip);
            yield return strip;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => rows.Dispose();

    // Once a strip did not fit, no later one is stored: rows are stored from the top.
    private void Keep(Tensor strip)
    {
        isFull = !memory.Fits(BytesOf(strip));
        if (!isFull)
            Add(strip.alias().DetachFromDisposeScope());
    }

    private IEnumerable<Tensor> HandOver(long first)
    {
        long at = 0;
        while (rows.TakeFirst() is { } strip)
        {
            var (begin, bytes) = (at, BytesOf(strip));
            at += strip.shape[2];
            memory.Give(bytes);
            OwnBytes -= bytes;
            if (at <= first)
            {
                strip.Dispose();
                continue;
            }

            if (begin >= first)
            {
                yield return strip;
                continue;
            }

            using (strip)
                yield return strip.narrow(2, first - begin, at - first).DetachFromDisposeScope();
        }
    }

    private static long BytesOf(Tensor strip) => strip.numel() * strip.ElementSize;
}
