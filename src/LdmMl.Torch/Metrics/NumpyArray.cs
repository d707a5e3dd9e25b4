using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace LdmMl.Torch.Metrics;

/// <summary>numpy's <c>.npy</c> format, little-endian, for the few types that statistics use. No code in a file is executed.</summary>
internal static partial class NumpyArray
{
    private const int LongestHeader = 10_000;

    // The largest array is the covariance at the maximum number of dimensions.
    private const long LargestCount = 46_340L * 46_340L;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    public static void Write(Stream stream, double[] values, params int[] shape)
    {
        var sides = string.Concat(shape.Select(side => $"{side}, "));
        var text = $"{{'descr': '<f8', 'fortran_order': False, 'shape': ({sides.TrimEnd()}), }}";

        // Magic, version and length take 10 bytes; the whole header is a multiple of 64 and ends with a line feed.
        var header = text.PadRight(((text.Length + 11 + 63) / 64 * 64) - 11) + '\n';
        stream.Write(Magic);
        stream.Write([1, 0, (byte)header.Length, (byte)(header.Length >> 8)]);
        stream.Write(Encoding.ASCII.GetBytes(header));
        for (var start = 0; start < values.Length; start += 1 << 20)
            stream.Write(MemoryMarshal.AsBytes(values.AsSpan(start, Math.Min(1 << 20, values.Length - start))));
    }

    /// <summary>Reads an array in double precision.</summary>
    /// <param name="stream">The array.</param>
    /// <param name="length">Its size in bytes, which limits the memory taken, whatever its header says.</param>
    /// <param name="name">What error messages call it.</param>
    /// <exception cref="InvalidDataException">It is damaged, or of another type.</exception>
    public static (double[] Values, int[] Shape) Read(Stream stream, long length, string name)
    {
        try
        {
            var header = HeaderPattern().Match(ReadHeader(stream, name));
            if (!header.Success)
                throw new InvalidDataException($"array '{name}' is of an unsupported type; float64, float32 and int64 are read.");
            var shape = header.Groups["side"].Captures.Select(side => int.Parse(side.Value)).ToArray();
            var count = shape.Aggregate(1L, (product, side) => Math.Min(product * side, LargestCount + 1));
            if (count > LargestCount)
                throw new InvalidDataException($"array '{name}' is larger than the statistics of any feature model.");
            if (count * (header.Groups["type"].Value == "f4" ? sizeof(float) : sizeof(double)) > length)
                throw new EndOfStreamException();
            return (ReadValues(stream, header.Groups["type"].Value, (int)count), shape);
        }
        catch (EndOfStreamException error)
        {
            throw new InvalidDataException($"array '{name}' ends too early.", error);
        }
    }

    private static string ReadHeader(Stream stream, string name)
    {
        Span<byte> start = stackalloc byte[8];
        stream.ReadExactly(start);
        if (!start[..6].SequenceEqual(Magic) || start[6] is < 1 or > 3)
            throw new InvalidDataException($"array '{name}' is not in numpy's format.");
        Span<byte> length = stackalloc byte[start[6] == 1 ? 2 : 4];
        stream.ReadExactly(length);
        long bytes = length.Length == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(length) : BinaryPrimitives.ReadUInt32LittleEndian(length);
        if (bytes > LongestHeader)
            throw new InvalidDataException($"array '{name}' has a header of {bytes} bytes.");
        var header = new byte[bytes];
        stream.ReadExactly(header);
        return Encoding.Latin1.GetString(header);
    }

    private static double[] ReadValues(Stream stream, string type, int count) => type switch
    {
        "f8" => Fill(stream, new double[count]),
        "f4" => Array.ConvertAll(Fill(stream, new float[count]), value => (double)value),
        _ => Array.ConvertAll(Fill(stream, new long[count]), value => (double)value),
    };

    private static T[] Fill<T>(Stream stream, T[] values)
        where T : unmanaged
    {
        // In parts: a covariance does not fit into one span.
        for (var start = 0; start < values.Length; start += 1 << 20)
            stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan(start, Math.Min(1 << 20, values.Length - start))));
        return values;
    }

    // A symmetric matrix is the same in both orders.
    [GeneratedRegex(
        @"^\{'descr': '<(?<type>f8|f4|i8)', 'fortran_order': (True|False), 'shape': \(((?<side>\d{1,9}),? ?)*\), \}\s*$",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HeaderPattern();
}
