using System.IO.Compression;
using System.Text;

namespace LdmMl.Torch.Tests.Checkpoints;

/// <summary>Creates zip checkpoints from hand-written pickles.</summary>
internal static class ZipFixture
{
    private const string Rebuild = "ctorch._utils\n_rebuild_tensor_v2\n";

    /// <summary>Packs members; the checksums are right whatever the content.</summary>
    public static byte[] Pack(CompressionLevel level, params IEnumerable<(string Name, byte[] Content)> members)
    {
        var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in members)
            {
                using var entry = archive.CreateEntry(name, level).Open();
                entry.Write(content);
            }
        }
        return stream.ToArray();
    }

    /// <summary>A checkpoint with one pickle and float32 storages <c>0</c>, <c>1</c>, ... of 16 elements.</summary>
    public static byte[] Pack(string latin1Pickle, int storages = 1) => Pack(
        CompressionLevel.NoCompression,
        Enumerable.Range(0, storages).Select(i => ($"a/data/{i}", new byte[64])).Prepend(("a/data.pkl", Encoding.Latin1.GetBytes(latin1Pickle))));

    /// <summary>Unpacks what <see cref="Pack(CompressionLevel, IEnumerable{ValueTuple{string, byte[]}})"/> packed.</summary>
    public static List<(string Name, byte[] Content)> Unpack(byte[] zip)
    {
        using var archive = new ZipArchive(new MemoryStream(zip));
        return [.. archive.Entries.Select(entry =>
        {
            var content = new MemoryStream();
            using var source = entry.Open();
            source.CopyTo(content);
            return (entry.FullName, content.ToArray());
        })];
    }

    /// <summary>The pickle of a tensor in protocol 0.</summary>
    public static string Tensor(string shape, string strides, long offset = 0, string key = "0", string type = "torch\nFloatStorage", long count = 16) =>
        $"{Rebuild}((S'storage'\nc{type}\nS'{key}'\nS'cpu'\nI{count}\ntQI{offset}\n({Integers(shape)}t({Integers(strides)}tI00\nNtR";

    /// <summary>The pickle of a dictionary with string keys in protocol 0.</summary>
    public static string Dictionary(params (string Key, string Value)[] items) =>
        $"({string.Concat(items.Select(item => $"S'{item.Key}'\n{item.Value}"))}d";

    private static string Integers(string list) => string.Concat(list.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(number => $"I{number}\n"));
}
