using System.Text;

namespace LdmMl.Torch.Tests.Native.Platforms;

/// <summary>Numbers and strings at positions of a file, read on demand: libtorch has 200 MB.</summary>
internal sealed class ImageBytes(string path, long start = 0) : IDisposable
{
    private readonly FileStream stream = File.OpenRead(path);

    public byte[] Bytes(long at, long count)
    {
        var bytes = new byte[count];
        stream.Position = start + at;
        stream.ReadExactly(bytes);
        return bytes;
    }

    public ushort UInt16(long at) => BitConverter.ToUInt16(Bytes(at, 2));

    public uint UInt32(long at) => BitConverter.ToUInt32(Bytes(at, 4));

    public ulong UInt64(long at) => BitConverter.ToUInt64(Bytes(at, 8));

    public string Text(long at)
    {
        stream.Position = start + at;
        var bytes = new List<byte>();
        for (int value; (value = stream.ReadByte()) > 0;)
            bytes.Add((byte)value);
        return Encoding.UTF8.GetString([.. bytes]);
    }

    public static string Text(byte[] bytes, int at) => Encoding.UTF8.GetString(bytes.AsSpan(at, bytes.AsSpan(at).IndexOf((byte)0)));

    public void Dispose() => stream.Dispose();
}
