namespace LdmMl.Fuzz;

/// <summary>A reader, and the files that changed ones are made from.</summary>
/// <param name="Name">The name of the reader and of the kind of file.</param>
/// <param name="Samples">The content of good files.</param>
/// <param name="Open">Puts a changed file where it belongs and reads it.</param>
/// <param name="IsDocumented">Says whether an exception is one that the reader's documentation names.</param>
internal sealed record FuzzTarget(string Name, IReadOnlyList<byte[]> Samples, Action<byte[]> Open, Func<Exception, bool> IsDocumented)
{
    /// <summary>Gets the bytes that a file may take however short it is, such as those of its pixels.</summary>
    public long DecodedBytes { get; init; }

    /// <summary>Gets the bytes that the reader takes for itself, where more is right than good files show.</summary>
    public long OwnBytes { get; init; }

    /// <summary>Gets what makes the checksums of a changed file right again; null for files without any.</summary>
    public Func<byte[], byte[]>? Repair { get; init; }

    /// <summary>Gets what makes a whole file of what is changed; null where that is the file.</summary>
    public Func<byte[], byte[]>? Wrap { get; init; }
}
