using System.Buffers.Binary;
using System.IO.Compression;

namespace FashionMnist;

/// <summary>The IDX format of MNIST and its relatives: a magic number with the type and the number of dimensions, the sizes, and the bytes.</summary>
/// <param name="Sizes">The size of each dimension.</param>
/// <param name="Values">The values, the last dimension fastest.</param>
internal sealed record IdxFile(IReadOnlyList<int> Sizes, byte[] Values)
{
    private const int UnsignedBytes = 8, MostDimensions = 4;
    private const long MostValues = 1 << 30;

    /// <summary>Reads a file, compressed by gzip or not.</summary>
    /// <exception cref="InvalidDataException">It is no IDX file of unsigned bytes, or is cut off.</exception>
    public static IdxFile Read(string path)
    {
        using var file = File.OpenRead(path);
        using Stream stream = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        try
        {
            return Read(stream, path);
        }
        catch (EndOfStreamException error)
        {
            throw new InvalidDataException($"'{path}' ends too early; fetch it again.", error);
        }
    }

    private static IdxFile Read(Stream stream, string path)
    {
        var head = new byte[sizeof(int)];
        stream.ReadExactly(head);
        if (head is not [0, 0, UnsignedBytes, >= 1 and <= MostDimensions])
            throw new InvalidDataException($"'{path}' is no IDX file of unsigned bytes: it begins with {Convert.ToHexString(head)}.");
        var sizes = new int[head[3]];
        var number = new byte[sizeof(int)];
        for (var i = 0; i < sizes.Length; i++)
        {
            stream.ReadExactly(number);
            sizes[i] = BinaryPrimitives.ReadInt32BigEndian(number);
        }

        var count = sizes.Aggregate(1L, (product, size) => size < 0 ? -1 : product * size);
        if (count is < 0 or > MostValues)
            throw new InvalidDataException($"'{path}' has the sizes {string.Join(" x ", sizes)}, which is not plausible.");
        var values = new byte[count];
        stream.ReadExactly(values);
        return new IdxFile(sizes, values);
    }
}
