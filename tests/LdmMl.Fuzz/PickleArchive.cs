using System.IO.Compression;

namespace LdmMl.Fuzz;

/// <summary>The zip archive around the pickle of a PyTorch checkpoint.</summary>
internal static class PickleArchive
{
    /// <summary>Finds the pickle in an archive.</summary>
    /// <returns>Its bytes; null if the file is not an archive of this kind.</returns>
    public static byte[]? FindPickle(string path)
    {
        try
        {
            using var archive = ZipFile.OpenRead(path);
            if (archive.Entries.FirstOrDefault(entry => entry.Name == "data.pkl") is not { } entry)
                return null;
            using var stream = entry.Open();
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            return bytes.Length > 0 ? bytes.ToArray() : null;
        }
        catch (InvalidDataException)
        {
            return null;   // some samples are damaged on purpose
        }
    }

    /// <summary>Packs a pickle as a checkpoint with a few small storages.</summary>
    public static byte[] Pack(byte[] pickle)
    {
        using var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(archive, "a/data.pkl", pickle);
            for (var key = 0; key < 4; key++)
                Add(archive, $"a/data/{key}", new byte[16 << key]);
        }

        return bytes.ToArray();
    }

    private static void Add(ZipArchive archive, string name, byte[] content)
    {
        using var stream = archive.CreateEntry(name, CompressionLevel.NoCompression).Open();
        stream.Write(content);
    }
}
