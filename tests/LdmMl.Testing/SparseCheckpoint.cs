using System.Text;
using LdmMl.Torch.Checkpoints.PyTorch;

namespace LdmMl.Testing;

/// <summary>
/// A checkpoint as <c>torch.save</c> writes it, with zeros as weights that take no room on the disk. Its checksums of the weights are wrong, so that it
/// opens only if they are not read.
/// </summary>
internal static class SparseCheckpoint
{
    private const int Alignment = 64;       // of storages, as in PyTorch

    /// <summary>Writes it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="shapes">The keys and shapes of float32 tensors.</param>
    public static void Write(string path, IReadOnlyCollection<(string Key, long[] Shape)> shapes)
    {
        using var file = File.Create(path);
        using var writer = new BinaryWriter(file);
        var pickle = Encoding.Latin1.GetBytes($"({string.Concat(shapes.Select((item, place) => $"S'{item.Key}'\n{Tensor(place, item.Shape)}"))}d.");
        var checksum = default(Crc32);
        checksum.Append(pickle);
        var members = new List<Member> { WriteHeader(writer, "model/data.pkl", checksum.Value, pickle.Length) };
        writer.Write(pickle);
        foreach (var ((_, shape), place) in shapes.Select((item, place) => (item, place)))
        {
            var bytes = Count(shape) * sizeof(float);
            members.Add(WriteHeader(writer, $"model/data/{place}", checksum: 0xDEADBEEF, bytes));
            writer.Flush();
            file.SetLength(file.Position + bytes);
            file.Position = file.Length;
        }

        WriteDirectory(writer, members);
    }

    private static long Count(long[] shape) => shape.Aggregate(1L, (product, size) => product * size);

    private static string Tensor(int place, long[] shape)
    {
        var strides = shape.Select((_, axis) => Count(shape[(axis + 1)..]));
        return "ctorch._utils\n_rebuild_tensor_v2\n((S'storage'\nctorch\nFloatStorage\n"
            + $"S'{place}'\nS'cpu'\nI{Count(shape)}\ntQI0\n({Integers(shape)}t({Integers(strides)}tI00\nNtR";
    }

    private static string Integers(IEnumerable<long> values) => string.Concat(values.Select(value => $"I{value}\n"));

    private static Member WriteHeader(BinaryWriter writer, string name, uint checksum, long length)
    {
        writer.Flush();
        var start = writer.BaseStream.Position;
        const int HeaderSize = 30;
        var padding = Alignment - (int)((start + HeaderSize + name.Length + 4) % Alignment);
        WriteFacts(writer, 0x04034b50, checksum, (uint)length, name, padding + 4);
        writer.Write(Encoding.ASCII.GetBytes(name));
        writer.Write((ushort)0x4246);
        writer.Write((ushort)padding);
        writer.Write(new byte[padding]);
        return new(name, checksum, length, start);
    }

    // What both headers of a member begin with: versions, flags, method 0, time and date, checksum, both lengths, the lengths of name and extra field.
    private static void WriteFacts(BinaryWriter writer, uint signature, uint checksum, uint length, string name, int extra)
    {
        writer.Write(signature);
        if (signature == 0x02014b50)
            writer.Write((ushort)45);
        writer.Write((ushort)45);
        writer.Write((ushort)0);
        writer.Write((ushort)0);
        writer.Write(0);
        writer.Write(checksum);
        writer.Write(length);
        writer.Write(length);
        writer.Write((ushort)name.Length);
        writer.Write((ushort)extra);
    }

    private static void WriteDirectory(BinaryWriter writer, List<Member> members)
    {
        writer.Flush();
        var start = writer.BaseStream.Position;
        foreach (var (name, checksum, length, local) in members)
        {
            WriteFacts(writer, 0x02014b50, checksum, uint.MaxValue, name, 28);
            writer.Write((ushort)0);
            writer.Write((ushort)0);
            writer.Write((ushort)0);
            writer.Write(0);
            writer.Write(uint.MaxValue);
            writer.Write(Encoding.ASCII.GetBytes(name));
            writer.Write((ushort)1);
            writer.Write((ushort)24);
            writer.Write(length);
            writer.Write(length);
            writer.Write(local);
        }

        writer.Flush();
        var end = writer.BaseStream.Position;
        writer.Write(0x06064b50u);
        writer.Write(44L);
        writer.Write((ushort)45);
        writer.Write((ushort)45);
        writer.Write(0);
        writer.Write(0);
        writer.Write((long)members.Count);
        writer.Write((long)members.Count);
        writer.Write(end - start);
        writer.Write(start);
        writer.Write(0x07064b50u);
        writer.Write(0);
        writer.Write(end);
        writer.Write(1);
        writer.Write(0x06054b50u);
        writer.Write(0);
        writer.Write(ushort.MaxValue);
        writer.Write(ushort.MaxValue);
        writer.Write(uint.MaxValue);
        writer.Write(uint.MaxValue);
        writer.Write((ushort)0);
    }

    private sealed record Member(string Name, uint Checksum, long Length, long Start);
}
