namespace LdmMl.Fuzz;

/// <summary>A reader, and the files from which mutations start.</summary>
/// <param name="Name">The name of the reader and of the kind of file.</param>
/// <param name="Samples">The content of valid files.</param>
/// <param name="Open">Writes a mutated file where it belongs and reads it.</param>
/// <param name="IsDocumented">Determines whether an exception is named in the reader's documentation.</param>
internal sealed record FuzzTarget(string Name, IReadOnlyList<byte[]> Samples, Action<byte[]> Open, Func<Exception, bool> IsDocumented)
{
    /// <summary>Gets the number of bytes that a file may take however short it is, such as those of its pixels.</summary>
    public long DecodedBytes { get; init; }

    /// <summary>Gets the number of bytes that the reader itself needs, if more is legitimate than valid files show.</summary>
    public long OwnBytes { get; init; }

    /// <summary>Gets a function that corrects the checksums of a mutated file; null for files without any.</summary>
    public Func<byte[], byte[]>? Repair { get; init; }

    /// <summary>Gets a function that wraps the mutated bytes in a whole file; null if they are the file.</summary>
    public Func<byte[], byte[]>? Wrap { get; init; }
}
