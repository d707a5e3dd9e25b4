using System.IO.Compression;

namespace LdmMl.Torch.Checkpoints.PyTorch;

/// <summary>The members of a checkpoint's zip archive. They are only read; nothing is extracted to disk.</summary>
internal sealed class ZipMembers : IDisposable
{
    private const int LargestRatio = 1032;        // the limit of deflate
    private const int ReadSize = 256 << 10;       // the checksum is computed while the bytes are in the cache

    private readonly ZipArchive archive;
    private readonly Dictionary<string, ZipArchiveEntry> entries = new(StringComparer.Ordinal);

    /// <summary>Opens the archive and checks its directory.</summary>
    /// <exception cref="InvalidDataException">It is damaged or malicious.</exception>
    public ZipMembers(Stream stream)
    {
        archive = Open(stream);
        long compressed = 0;
        foreach (var entry in archive.Entries)
        {
            CheckName(entry.FullName);
            if (!entries.TryAdd(entry.FullName, entry))
                throw new InvalidDataException($"the archive has the member '{entry.FullName}' twice.");
            compressed += entry.CompressedLength;
            if (entry.CompressedLength < 0 || entry.CompressedLength > stream.Length || compressed > stream.Length)
                throw new InvalidDataException($"the members of the archive claim more bytes than the {stream.Length} that the file has.");
            if (entry.Length < 0 || entry.Length / LargestRatio > entry.CompressedLength)
            {
                throw new InvalidDataException(
                    $"member '{entry.FullName}' claims to hold {entry.Length} bytes in {entry.CompressedLength}, which is not possible.");
            }
        }
    }

    /// <summary>Gets the names of the members.</summary>
    public IReadOnlyCollection<string> Names => entries.Keys;

    /// <summary>Gets how many bytes a member holds, or null if there is no such member.</summary>
    public long? Length(string name) => entries.TryGetValue(name, out var entry) ? entry.Length : null;

    /// <summary>Reads a whole member into memory and verifies its checksum.</summary>
    public byte[] Read(string name, long most)
    {
        var length = entries[name].Length;
        if (length > most)
            throw new InvalidDataException($"member '{name}' has {length} bytes; at most {most} are allowed.");
        var bytes = new byte[length];
        Read(name, target => target(bytes));
        return bytes;
    }

    /// <summary>Reads a whole member into the caller's spans, and verifies its checksum and that nothing is left.</summary>
    /// <param name="name">The member.</param>
    /// <param name="showSpans">Passes each span to its argument, in order; together they are as long as the member.</param>
    /// <exception cref="InvalidDataException">The member is damaged.</exception>
    public void Read(string name, Action<TensorMemory.SpanAction> showSpans)
    {
        var entry = entries[name];
        var crc = default(Crc32);
        try
        {
            using var source = entry.Open();
            showSpans(span =>
            {
                for (; span.Length > 0; span = span[Math.Min(ReadSize, span.Length)..])
                {
                    var part = span[..Math.Min(ReadSize, span.Length)];
                    source.ReadExactly(part);
                    crc.Append(part);
                }
            });
            if (source.ReadByte() >= 0)
                throw new InvalidDataException($"member '{name}' is longer than the {entry.Length} bytes that the directory states.");
        }
        catch (EndOfStreamException error)
        {
            throw new InvalidDataException($"member '{name}' is shorter than the {entry.Length} bytes that the directory states.", error);
        }
        if (crc.Value != entry.Crc32)
            throw new InvalidDataException($"member '{name}' is damaged: its CRC-32 is {crc.Value:x8}, and should be {entry.Crc32:x8}.");
    }

    /// <inheritdoc/>
    public void Dispose() => archive.Dispose();

    private static ZipArchive Open(Stream stream)
    {
        try
        {
            var opened = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            _ = opened.Entries;   // reads the directory
            return opened;
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"the zip archive is damaged or cut short: {error.Message}", error);
        }
    }

    private static void CheckName(string name)
    {
        if (name.StartsWith('/') || name.Contains('\\', StringComparison.Ordinal) || name.Split('/').Contains(".."))
        {
            throw new InvalidDataException(
                $"the archive has a member with the name '{name}', which leads out of its folder. Nothing was extracted; do not trust this file.");
        }
    }
}
