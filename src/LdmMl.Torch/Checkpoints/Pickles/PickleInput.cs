using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace LdmMl.Torch.Checkpoints.Pickles;

/// <summary>Reads the primitives of a pickle. No memory is allocated for bytes that the stream does not have.</summary>
/// <param name="stream">The pickle, seekable.</param>
/// <param name="limit">What it may allocate.</param>
internal sealed class PickleInput(Stream stream, AllocationLimit limit)
{
    private const int LongestLine = 1 << 20;
    private const int ShortText = 256;   // bytes, read without memory of their own
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly List<byte> line = [];

    public byte ReadByte()
    {
        var value = stream.ReadByte();
        return value >= 0 ? (byte)value : throw Truncated();
    }

    public ushort ReadUInt16()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        Fill(bytes);
        return BinaryPrimitives.ReadUInt16LittleEndian(bytes);
    }

    public int ReadInt32()
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        Fill(bytes);
        return BinaryPrimitives.ReadInt32LittleEndian(bytes);
    }

    public uint ReadUInt32() => (uint)ReadInt32();

    public ulong ReadUInt64()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        Fill(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    public double ReadDoubleBigEndian() => BitConverter.Int64BitsToDouble(BinaryPrimitives.ReverseEndianness((long)ReadUInt64()));

    /// <summary>Reads the given number of bytes; the length is checked against what is left before memory is allocated.</summary>
    public byte[] ReadBytes(ulong length)
    {
        CheckLength(length);
        var bytes = new byte[length];
        Fill(bytes);
        return bytes;
    }

    public string ReadUtf8(ulong length) => ReadText(length, Utf8);

    public string ReadLatin1(ulong length) => ReadText(length, Encoding.Latin1);

    /// <summary>Reads UTF-8 to the next line feed, which is not part of the result.</summary>
    public string ReadLine() => Decode(ReadLineBytes(), Utf8);

    /// <summary>Reads a line of Latin-1 characters.</summary>
    public string ReadLatin1Line() => Decode(ReadLineBytes(), Encoding.Latin1);

    private string ReadText(ulong length, Encoding encoding)
    {
        CheckLength(length);
        var bytes = length <= ShortText ? stackalloc byte[(int)length] : new byte[length];
        Fill(bytes);
        return Decode(bytes, encoding);
    }

    private void CheckLength(ulong length)
    {
        var left = stream.Length - stream.Position;
        if (length > (ulong)left || length > (ulong)Array.MaxLength)
            throw new InvalidDataException($"the pickle has a string of {length} bytes, but only {left} bytes are left.");
        limit.Check((1 + sizeof(char)) * (long)length);
    }

    private ReadOnlySpan<byte> ReadLineBytes()
    {
        line.Clear();
        for (var next = ReadByte(); next != (byte)'\n'; next = ReadByte())
        {
            if (line.Count == LongestLine)
                throw new InvalidDataException($"the pickle has a line of more than {LongestLine} bytes.");
            limit.MakeRoom(line, 1);
            line.Add(next);
        }

        limit.Check(sizeof(char) * (long)line.Count);
        return CollectionsMarshal.AsSpan(line);
    }

    private static string Decode(ReadOnlySpan<byte> bytes, Encoding encoding)
    {
        try
        {
            return encoding.GetString(bytes);
        }
        catch (DecoderFallbackException error)
        {
            throw new InvalidDataException("the pickle has a string that is not UTF-8.", error);
        }
    }

    private void Fill(Span<byte> bytes)
    {
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
            throw Truncated();
    }

    private static InvalidDataException Truncated() => new("the pickle ends in the middle (no STOP); the file is cut short or damaged.");
}
