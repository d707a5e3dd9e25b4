using System.IO.Compression;
using System.Text.Json;
using LdmMl.Cli.Output;

namespace LdmMl.Cli.Sharding;

/// <summary>Writes a part of a job: a zip file that appears under its name only when it is complete. Its bytes depend on its content alone.</summary>
internal sealed class PartWriter : IDisposable
{
    private static readonly DateTimeOffset Earliest = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string path;
    private readonly string temporary;
    private readonly FileStream stream;
    private readonly ZipArchive archive;

    /// <summary>Begins a part.</summary>
    /// <param name="path">The file; its folder exists.</param>
    public PartWriter(string path)
    {
        this.path = path;
        temporary = TemporaryName.Beside(path);
        stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
    }

    /// <summary>Adds an entry.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="write">Writes its content.</param>
    public void Add(string name, Action<Stream> write)
    {
        var entry = archive.CreateEntry(name, CompressionLevel.NoCompression);
        entry.LastWriteTime = Earliest;
        using var content = entry.Open();
        write(content);
    }

    /// <summary>Adds values as JSON.</summary>
    public void AddJson<T>(string name, T value) => Add(name, entry => JsonSerializer.Serialize(entry, value, PartHeader.Json));

    /// <summary>Adds the rows of the part, in the order of their numbers.</summary>
    public void AddRows<T>(IEnumerable<NumberedRow<T>> rows) => AddJson(PartFile.RowsName, rows.ToArray());

    /// <summary>Ends the part and gives it its name.</summary>
    /// <param name="header">What it says about itself.</param>
    public void Complete(PartHeader header)
    {
        AddJson(PartFile.HeaderName, header);
        archive.Comment = new string('0', PartFile.HashLength);
        archive.Dispose();
        stream.Write(PartFile.HashOf(stream));   // in place of the comment, which ends the file
        stream.Flush(flushToDisk: true);         // else a power cut after the rename could leave an empty file under the final name
        stream.Dispose();
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Removes a part that was not completed.</summary>
    public void Dispose()
    {
        archive.Dispose();
        stream.Dispose();
        File.Delete(temporary);
    }
}
