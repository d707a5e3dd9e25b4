using System.Buffers.Binary;
using LdmMl.Images;

namespace LdmMl.ImageSharp.Tiff;

/// <summary>
/// Copies a TIFF with a directory that contains only what the pixels need: no metadata, no profile, no further images, and no
/// unchecked number.
/// </summary>
internal sealed class TiffWriter
{
    private const ushort Short = 3, Long = 4, Rational = 5, Undefined = 7;

    private readonly List<(ushort Tag, ushort Type, byte[] Values)> fields = [];
    private readonly byte[] original;
    private readonly bool isLittleEndian;

    public TiffWriter(ReadOnlySpan<byte> content, bool isLittleEndian)
    {
        original = content.ToArray();
        this.isLittleEndian = isLittleEndian;
    }

    public byte[] Write(TiffLayout layout, TiffDirectory directory)
    {
        Add(TiffTags.Width, Long, layout.Width);
        Add(TiffTags.Height, Long, layout.Height);
        Add(TiffTags.BitsPerSample, Short, layout.BitsPerSample);
        Add(TiffTags.Compression, Short, layout.Compression);
        Add(TiffTags.Photometric, Short, layout.Photometric);
        Copy(directory, TiffTags.FillOrder);
        Add(TiffTags.StripOffsets, Long, layout.StripOffsets);
        Add(TiffTags.SamplesPerPixel, Short, layout.BitsPerSample.Length);
        Add(TiffTags.RowsPerStrip, Long, layout.RowsPerStrip);
        Add(TiffTags.StripByteCounts, Long, layout.StripByteCounts);
        Add(TiffTags.PlanarConfiguration, Short, layout.IsPlanar ? 2 : 1);
        Copy(directory, TiffTags.Predictor);

        // The decoder rounds 16 bits to 8, but Pillow keeps the high byte. For v * 257 both give v.
        if (directory.Numbers(TiffTags.ColorMap) is { Length: > 0 } colors)
            Add(TiffTags.ColorMap, Short, Array.ConvertAll(colors, color => (color >> 8) * 257));
        Copy(directory, TiffTags.ExtraSamples);
        if (directory.Bytes(TiffTags.JpegTables) is { Length: > 0 } tables)
            fields.Add((TiffTags.JpegTables, Undefined, tables.ToArray()));
        if (directory.Bytes(TiffTags.YCbCrCoefficients) is { Length: 24 } coefficients)
            fields.Add((TiffTags.YCbCrCoefficients, Rational, coefficients.ToArray()));
        Copy(directory, TiffTags.YCbCrSubSampling);
        if (directory.Bytes(TiffTags.ReferenceBlackWhite) is { Length: 48 } range)
            fields.Add((TiffTags.ReferenceBlackWhite, Rational, range.ToArray()));
        return Assemble();
    }

    private void Copy(TiffDirectory directory, ushort tag)
    {
        if (directory.Numbers(tag) is { Length: > 0 and <= 4 } numbers)
            Add(tag, Short, numbers);
    }

    private void Add(ushort tag, ushort type, params ReadOnlySpan<long> numbers)
    {
        var size = type == Short ? 2 : 4;
        var values = new byte[numbers.Length * size];
        for (var index = 0; index < numbers.Length; index++)
        {
            if (type == Short)
                Write16(values.AsSpan(index * size), (ushort)numbers[index]);
            else
                Write32(values.AsSpan(index * size), (uint)numbers[index]);
        }

        fields.Add((tag, type, values));
    }

    // The original, the directory, and then the values that do not fit into their fields.
    private byte[] Assemble()
    {
        var start = (original.Length + 1) / 2 * 2;
        var end = start + 2 + (fields.Count * 12) + 4;
        var file = new byte[end + fields.Sum(field => (field.Values.Length + 1) / 2 * 2)];
        original.CopyTo(file, 0);
        Write32(file.AsSpan(4), (uint)start);
        Write16(file.AsSpan(start), (ushort)fields.Count);
        var entry = start + 2;
        foreach (var (tag, type, values) in fields)
        {
            Write16(file.AsSpan(entry), tag);
            Write16(file.AsSpan(entry + 2), type);
            Write32(file.AsSpan(entry + 4), (uint)(values.Length / SizeOf(type)));
            if (values.Length <= 4)
            {
                values.CopyTo(file, entry + 8);
            }
            else
            {
                Write32(file.AsSpan(entry + 8), (uint)end);
                values.CopyTo(file, end);
                end += (values.Length + 1) / 2 * 2;
            }

            entry += 12;
        }

        return file;
    }

    private static int SizeOf(ushort type) => type switch
    {
        Short => 2,
        Long => 4,
        Rational => 8,
        _ => 1,
    };

    private void Write16(Span<byte> target, ushort value) =>
        BinaryPrimitives.WriteUInt16LittleEndian(target, isLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));

    private void Write32(Span<byte> target, uint value) =>
        BinaryPrimitives.WriteUInt32LittleEndian(target, isLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));
}
