namespace LdmMl.Torch.Layers.Rows;

/// <summary>
/// How much memory the stored rows of a pass may take. What does not fit is computed again whenever it is read, so that less memory costs time and
/// nothing else.
/// </summary>
/// <param name="limit">The bytes.</param>
/// <param name="stripBytes">The bytes of a strip, as far as whole steps of rows allow.</param>
internal sealed class RowMemory(long limit, long stripBytes = RowMemory.StripBytes)
{
    /// <summary>The bytes of a strip unless given: long enough that its borders and the transforms of weights cost little.</summary>
    public const long StripBytes = 24L << 20;

    // Strips that are in work at once, about.
    private const int Spare = 4;

    private readonly List<IDisposable> owned = [];
    private long held;

    /// <summary>Gets the most bytes that were stored at once.</summary>
    public long Peak { get; private set; }

    /// <summary>Gets how many bytes of freed strips are kept for the next ones.</summary>
    public long SpareBytes => Spare * stripBytes;

    /// <summary>Determines whether a map fits while others give back what they hold.</summary>
    public bool Fits(long bytes, long givenBack = 0) => held - givenBack + bytes <= limit;

    public void Take(long bytes)
    {
        held += bytes;
        Peak = Math.Max(Peak, held);
    }

    public void Give(long bytes) => held -= bytes;

    /// <summary>Takes ownership of what a map holds, until the end of the pass.</summary>
    public void Own(IDisposable map) => owned.Add(map);

    /// <summary>Frees whatever maps still hold.</summary>
    public void Clear()
    {
        owned.ForEach(map => map.Dispose());
        owned.Clear();
        held = 0;
    }

    /// <summary>How many rows of a map a strip has.</summary>
    public long StripRows(long channels, long width) =>
        Math.Max(RowMap.Step, RowMap.RoundDown(stripBytes / (channels * width * sizeof(float))));
}
