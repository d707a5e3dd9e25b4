using System.Buffers.Binary;

namespace LdmMl.ImageSharp.Pnm;

/// <summary>Reads the numbers and rows of a portable image one after the other.</summary>
internal ref struct PnmReader(ReadOnlySpan<byte> content, string name)
{
    private const int LongestNumber = 9;

    private ReadOnlySpan<byte> rest = content;

    /// <summary>Reads a decimal number after white space and comments.</summary>
    /// <exception cref="ImageFileException">There is no number.</exception>
    public int Number()
    {
        SkipBlanks();
        var length = rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        var digits = length < 0 ? rest : rest[..length];
        if (digits.IsEmpty)
            throw new ImageFileException(name, rest.IsEmpty ? Cut : "is damaged: a number is expected, but there is something else.");
        if (digits.Length > LongestNumber)
            throw new ImageFileException(name, "is damaged: a number has too many digits.");
        var number = 0;
        foreach (var digit in digits)
            number = (number * 10) + (digit - '0');
        rest = rest[digits.Length..];
        return number;
    }

    /// <summary>Skips the single white-space character between the header and the pixels.</summary>
    public void SkipOne() => rest = rest.IsEmpty ? rest : rest[1..];

    /// <summary>Reads a row as bytes from 0 to 255.</summary>
    /// <exception cref="ImageFileException">The file ends within the row.</exception>
    public void Row(Span<byte> values, PnmLayout layout)
    {
        if (layout.IsText)
            TextRow(values, layout);
        else if (layout.IsBitmap)
            BitRow(values);
        else
            ByteRow(values, layout);
    }

    private const string Cut = "is truncated: the file ends before the last row of pixels.";

    private void TextRow(Span<byte> values, PnmLayout layout)
    {
        for (var index = 0; index < values.Length; index++)
        {
            if (layout.IsBitmap)
            {
                // Bits need no white space between them.
                SkipBlanks();
                values[index] = rest is [(byte)'1', ..] ? (byte)0 : rest is [(byte)'0', ..] ? byte.MaxValue
                    : throw new ImageFileException(name, rest.IsEmpty ? Cut : "is damaged: a bit is neither 0 nor 1.");
                rest = rest[1..];
            }
            else
            {
                values[index] = layout.ToByte(Checked(Number(), layout));
            }
        }
    }

    private void BitRow(Span<byte> values)
    {
        var bytes = Take((values.Length + 7) / 8);
        for (var index = 0; index < values.Length; index++)
            values[index] = (bytes[index / 8] & (0x80 >> (index % 8))) == 0 ? byte.MaxValue : (byte)0;
    }

    private void ByteRow(Span<byte> values, PnmLayout layout)
    {
        var size = layout.Largest > byte.MaxValue ? 2 : 1;
        var bytes = Take(values.Length * size);
        for (var index = 0; index < values.Length; index++)
        {
            int value = size == 1 ? bytes[index] : BinaryPrimitives.ReadUInt16BigEndian(bytes[(index * 2)..]);
            values[index] = layout.ToByte(Checked(value, layout));
        }
    }

    private readonly int Checked(int value, PnmLayout layout) => value <= layout.Largest
        ? value
        : throw new ImageFileException(name, $"is damaged: a value is {value}, but the largest is {layout.Largest}.");

    private ReadOnlySpan<byte> Take(int length)
    {
        if (rest.Length < length)
            throw new ImageFileException(name, Cut);
        var taken = rest[..length];
        rest = rest[length..];
        return taken;
    }

    private void SkipBlanks()
    {
        while (!rest.IsEmpty)
        {
            if (rest[0] == '#')
            {
                var end = rest.IndexOfAny((byte)'\n', (byte)'\r');
                rest = end < 0 ? [] : rest[end..];
            }
            else if (rest[0] is (byte)' ' or (>= 9 and <= 13))
            {
                rest = rest[1..];
            }
            else
            {
                return;
            }
        }
    }
}
