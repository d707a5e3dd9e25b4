namespace LdmMl.Batching;

/// <summary>How rows are gathered into batches.</summary>
/// <param name="Size">Rows a batch, at least 1.</param>
/// <param name="Prefetch">Whether another thread reads the next batch while one is computed.</param>
internal sealed record BatchSettings(int Size, bool Prefetch)
{
    /// <summary>Gets how many batches are held at once.</summary>
    public int Halves => Prefetch ? 2 : 1;
}
