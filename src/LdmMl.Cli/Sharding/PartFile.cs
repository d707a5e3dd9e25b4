using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace LdmMl.Cli.Sharding;

/// <summary>A part of a job, opened and checked: no byte of it has changed since it was written.</summary>
internal sealed class PartFile : IDisposable
{
    /// <summary>The entry in which a part describes itself.</summary>
    public const string HeaderName = "part.json";

    /// <summary>The entry of the rows.</summary>
    public const string RowsName = "rows.json";

    /// <summary>The length of the comment that ends the file: the SHA-256, in hexadecimal, of all bytes before it.</summary>
    public const int HashLength = 64;

    private readonly ZipArchive archive;

    private PartFile(string path, ZipArchive archive) => (Path, this.archive) = (path, archive);

    /// <summary>Gets the file.</summary>
    public string Path { get; }

    /// <summary>Gets what the part says about itself.</summary>
    public PartHeader Header { get; private set; } = null!;

    /// <summary>Opens a part.</summary>
    /// <exception cref="InvalidDataException">It is no part, or damaged; the message says what to do.</exception>
    public static PartFile Open(string path) => Guard(path, () =>
    {
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        try
        {
            Verify(stream);
            var part = new PartFile(path, new ZipArchive(stream, ZipArchiveMode.Read));
            part.Header = part.ReadHeader();
            return part;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    });

    /// <summary>Computes the comment of a part; leaves the stream where it begins.</summary>
    public static byte[] HashOf(Stream stream)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 16];
        stream.Position = 0;
        for (var left = stream.Length - HashLength; left > 0;)
        {
            var read = stream.Read(buffer, 0, (int)Math.Min(left, buffer.Length));
            hash.AppendData(buffer, 0, read);
            left -= read;
        }

        return Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>Refuses a part of another job.</summary>
    /// <param name="other">What the part should say about itself.</param>
    /// <param name="where">Where the other is from, for the message.</param>
    /// <exception cref="InvalidOperationException">It is of another; the message says what differs.</exception>
    public void RequireJob(PartHeader other, string where)
    {
        var difference = Header.Command != other.Command ? $"the command is {Header.Command} in it and {other.Command} in {where}"
            : Header.Count != other.Count ? $"there are {Header.Count} parts in it and {other.Count} in {where}"
            : JobRecord.Differences(Header.Job, other.Job, where);
        if (difference.Length == 0 && Header.Total != other.Total)
            difference = $"there are {Header.Total} rows in it and {other.Total} in {where}";
        if (difference.Length > 0)
            throw new InvalidOperationException($"'{Path}' is a part of another job than {where}: {difference}. Choose another folder, or delete it.");
    }

    /// <summary>Reads an entry.</summary>
    public byte[] Read(string name)
    {
        var entry = archive.GetEntry(name) ?? throw Damaged(Path, $"it has no '{name}'");
        if (entry.Length != entry.CompressedLength)
            throw Damaged(Path, $"'{name}' is compressed, which nothing in a part is");       // it cannot grow when it is read
        using var stream = entry.Open();
        var bytes = new byte[entry.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Opens an entry to read it piece by piece. The caller disposes the stream.</summary>
    public Stream OpenEntry(string name) => (archive.GetEntry(name) ?? throw Damaged(Path, $"it has no '{name}'")).Open();

    /// <summary>Reads an entry of JSON.</summary>
    public T ReadJson<T>(string name) => Guard(Path, () =>
        JsonSerializer.Deserialize<T>(Read(name), PartHeader.Json) ?? throw new InvalidDataException($"'{name}' is empty"));

    /// <summary>Reads what the command reports besides its rows.</summary>
    public T Facts<T>() => Guard(Path, () =>
        Header.Facts.Deserialize<T>(PartHeader.Json) ?? throw new InvalidDataException("its facts are empty"));

    /// <summary>Reads the rows: exactly those of the part, in their order.</summary>
    public NumberedRow<T>[] Rows<T>()
    {
        var rows = ReadJson<NumberedRow<T>[]>(RowsName);
        return rows.Select(row => row.Number).SequenceEqual(Header.Shard.Numbers(Header.Total))
            ? rows : throw Damaged(Path, $"its rows are not those of part {Header.Shard} of {Header.Total}");
    }

    /// <inheritdoc/>
    public void Dispose() => archive.Dispose();

    private PartHeader ReadHeader()
    {
        var header = JsonSerializer.Deserialize<PartHeader>(Read(HeaderName), PartHeader.Json);
        if (header is not { Format: PartHeader.FormatName })
            throw new InvalidDataException($"its format is '{header?.Format}', not '{PartHeader.FormatName}'");
        return header is { Count: >= 1, Index: >= 0, Total: >= 0, Command: not null, Job: not null } && header.Index < header.Count
            ? header : throw new InvalidDataException($"'{HeaderName}' lacks what a part says about itself");
    }

    private static void Verify(FileStream stream)
    {
        if (stream.Length <= HashLength)
            throw new InvalidDataException("it is too short");
        var expected = HashOf(stream);
        var found = new byte[HashLength];
        stream.ReadExactly(found);
        if (!found.SequenceEqual(expected))
            throw new InvalidDataException("its bytes have changed, or it is another file");
    }

    private static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is InvalidDataException or JsonException or EndOfStreamException && error.Data["Part"] is null)
        {
            throw Damaged(path, error.Message.TrimEnd('.'), error);
        }
    }

    private static InvalidDataException Damaged(string path, string why, Exception? inner = null)
    {
        var error = new InvalidDataException($"'{path}' is no complete part: {why}. Delete it, and run its shard again.", inner);
        error.Data["Part"] = path;
        return error;
    }
}
