using System.IO.Compression;
using System.Text;
using System.Text.Json;
using LdmMl.Cli.Sharding;

namespace LdmMl.Cli.Tests.Sharding;

/// <summary>A part whose content lies, with hashes that fit.</summary>
internal static class ForgedPart
{
    /// <summary>Replaces a text in the rows of a part.</summary>
    public static void Rename(string path, string from, string to)
    {
        var entries = new Dictionary<string, byte[]>();
        using (var archive = ZipFile.OpenRead(path))
        {
            foreach (var entry in archive.Entries)
            {
                using var stream = entry.Open();
                using var content = new MemoryStream();
                stream.CopyTo(content);
                entries.Add(entry.FullName, content.ToArray());
            }
        }

        var header = JsonSerializer.Deserialize<PartHeader>(entries[PartFile.HeaderName], PartHeader.Json)!;
        entries[PartFile.RowsName] = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(entries[PartFile.RowsName]).Replace(from, to, StringComparison.Ordinal));
        entries.Remove(PartFile.HeaderName);
        using var writer = new PartWriter(path);
        foreach (var (name, content) in entries)
            writer.Add(name, stream => stream.Write(content));
        writer.Complete(header);
    }
}
