using System.Buffers.Binary;

namespace LdmMl.Images;

/// <summary>The first directory of a TIFF structure, such as an EXIF block: numbered fields of numbers or bytes.</summary>
/// <remarks>
/// Every offset is checked: a field whose values extend beyond the end counts as absent, as do all fields after the end of a truncated block.
/// </remarks>
internal readonly ref struct TiffDirectory
{
    public const ushort OrientationTag = 274, XmpTag = 700;

    private const int HeaderLength = 8, EntryLength = 12;

    private readonly ReadOnlySpan<byte> content, entries;

    private TiffDirectory(ReadOnlySpan<byte> content, ReadOnlySpan<byte> entries, bool isLittleEndian)
    {
        this.content = content;
        this.entries = entries;
        IsLittleEndian = isLittleEndian;
    }

    public bool IsLittleEndian { get; }

    /// <summary>Finds the first directory.</summary>
    /// <returns>Whether this is a classic TIFF structure (version 42, not BigTIFF's 43) that has one.</returns>
    public static bool TryRead(ReadOnlySpan<byte> content, out TiffDirectory directory)
    {
        directory = default;
        if (content.Length < HeaderLength || !(content.StartsWith("II"u8) || content.StartsWith("MM"u8)))
            return false;
        var header = new TiffDirectory(content, default, content[0] == (byte)'I');
        var start = header.Number32(content[4..]);
        if (header.Number16(content[2..]) != 42 || start > content.Length - 2)
            return false;
        var rest = content[(int)start..];
        var count = Math.Min(header.Number16(rest), (rest.Length - 2) / EntryLength);
        directory = new TiffDirectory(content, rest.Slice(2, count * EntryLength), header.IsLittleEndian);
        return true;
    }

    /// <summary>Gets the value of a field that holds a single integer; null if there is none.</summary>
    public long? Number(ushort tag) => Numbers(tag) is [var number] ? number : null;

    /// <summary>Gets the integers of a field; empty if there is none. If a field is repeated the last one counts.</summary>
    public long[] Numbers(ushort tag)
    {
        var (type, values) = Find(tag);
        if (type is not (1 or 3 or 4 or 6 or 8 or 9 or 13))
            return [];
        var size = SizeOf(type);
        var numbers = new long[values.Length / size];
        for (var index = 0; index < numbers.Length; index++)
        {
            numbers[index] = type switch
            {
                1 => values[index],
                3 => Number16(values[(index * size)..]),
                6 => (sbyte)values[index],
                8 => (short)Number16(values[(index * size)..]),
                9 => (int)Number32(values[(index * size)..]),
                _ => Number32(values[(index * size)..]),
            };
        }

        return numbers;
    }

    /// <summary>Gets the bytes of a field as they are stored; empty if there is none.</summary>
    public ReadOnlySpan<byte> Bytes(ushort tag) => Find(tag).Values;

    private FieldValues Find(ushort tag)
    {
        for (var entry = entries.Length - EntryLength; entry >= 0; entry -= EntryLength)
        {
            var field = entries.Slice(entry, EntryLength);
            if (Number16(field) != tag)
                continue;
            var type = Number16(field[2..]);
            var length = (long)SizeOf(type) * Number32(field[4..]);
            if (length <= 4)
                return new FieldValues(type, field.Slice(8, (int)length));
            var start = Number32(field[8..]);
            return start + length <= content.Length ? new FieldValues(type, content.Slice((int)start, (int)length)) : default;
        }

        return default;
    }

    private static int SizeOf(ushort type) => type switch
    {
        1 or 2 or 6 or 7 => 1,
        3 or 8 => 2,
        4 or 9 or 11 or 13 => 4,
        5 or 10 or 12 => 8,
        _ => 0,
    };

    private ushort Number16(ReadOnlySpan<byte> bytes) =>
        IsLittleEndian ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private uint Number32(ReadOnlySpan<byte> bytes) =>
        IsLittleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);

    private readonly ref struct FieldValues(ushort type, ReadOnlySpan<byte> values)
    {
        public ushort Type { get; } = type;

        public ReadOnlySpan<byte> Values { get; } = values;

        public void Deconstruct(out ushort type, out ReadOnlySpan<byte> values)
        {
            type = Type;
            values = Values;
        }
    }
}
