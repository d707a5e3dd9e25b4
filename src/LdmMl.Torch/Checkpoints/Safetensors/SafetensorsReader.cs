using System.Buffers.Binary;
using LdmMl.Torch.Native;
using static TorchSharp.torch;

namespace LdmMl.Torch.Checkpoints.Safetensors;

/// <summary>Reads the format from a stream. Everything that the header claims is checked before memory is allocated for it.</summary>
internal static class SafetensorsReader
{
    private const int LargestHeader = 100_000_000;   // as in the official crate
    private const int HeaderChunk = 1 << 20;

    /// <summary>
    /// Reads tensors from the stream's current position to its end. Those of a large file are views of it: their bytes are read when they are used.
    /// </summary>
    /// <param name="stream">The stream.</param>
    /// <param name="smallestMapped">From how many bytes on a file is large.</param>
    /// <exception cref="InvalidDataException">The content is damaged.</exception>
    public static StateDictionary Read(Stream stream, long smallestMapped = MappedFile.SmallestLarge)
    {
        var length = stream.CanSeek ? stream.Length - stream.Position : (long?)null;
        var headerLength = ReadHeaderLength(stream, length);
        var header = SafetensorsHeaderParser.Parse(ReadHeader(stream, headerLength));
        var ordered = header.CheckLayout();

        var dataLength = ordered.Count == 0 ? 0 : ordered[^1].End;
        if (length - SafetensorsHeader.LengthSize - headerLength - dataLength is { } surplus and not 0)
        {
            throw new InvalidDataException(surplus < 0
                ? $"the data is cut short: {-surplus} bytes of the {dataLength} that the header states are missing."
                : $"{surplus} bytes follow the last tensor.");
        }

        using var tensors = new StateDictionary();
        using var mapped = stream is FileStream file && length >= smallestMapped ? MappedFile.TryOpen(file) : null;
        if (mapped is not null)
        {
            View(mapped, stream, ordered, tensors);
            return InHeaderOrder(tensors, header);
        }

        foreach (var entry in ordered)
            tensors.Add(entry.Key, ReadTensor(stream, entry));
        if (stream.ReadByte() >= 0)
            throw new InvalidDataException("bytes follow the last tensor.");
        return InHeaderOrder(tensors, header);
    }

    // Values that do not begin at a multiple of their size have to be copied.
    private static void View(MappedFile mapped, Stream stream, IReadOnlyList<SafetensorsEntry> entries, StateDictionary tensors)
    {
        var first = stream.Position;
        foreach (var entry in entries)
        {
            var view = mapped.TryView(first + entry.Start, entry.End - entry.Start, entry.Shape, entry.DataType.ScalarType, entry.DataType.ByteSize);
            if (view is null)
                stream.Position = first + entry.Start;
            tensors.Add(entry.Key, view ?? ReadTensor(stream, entry));
        }
    }

    private static int ReadHeaderLength(Stream stream, long? length)
    {
        Span<byte> bytes = stackalloc byte[SafetensorsHeader.LengthSize];
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
            throw new InvalidDataException("it is shorter than the 8 bytes of a safetensors header's length.");
        var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        if (headerLength > LargestHeader)
        {
            throw new InvalidDataException(
                $"the header's length is given as {headerLength} bytes; at most {LargestHeader} are allowed. Is it a safetensors file?");
        }

        if (headerLength > (ulong)(length - bytes.Length ?? LargestHeader))
            throw new InvalidDataException($"the header's length is given as {headerLength} bytes, but the file has {length}.");
        return (int)headerLength;
    }

    // In chunks: a stream of unknown length may claim 100 MB and end after three bytes.
    private static ReadOnlySpan<byte> ReadHeader(Stream stream, int headerLength)
    {
        var header = Array.Empty<byte>();
        for (var filled = 0; filled < headerLength; filled = header.Length)
        {
            Array.Resize(ref header, Math.Min(headerLength, filled + Math.Max(filled, HeaderChunk)));
            if (stream.ReadAtLeast(header.AsSpan(filled), header.Length - filled, throwOnEndOfStream: false) < header.Length - filled)
                throw new InvalidDataException($"it ends within the header of {headerLength} bytes.");
        }
        return header;
    }

    private static Tensor ReadTensor(Stream stream, SafetensorsEntry entry)
    {
        var tensor = empty(entry.Shape, dtype: entry.DataType.ScalarType, device: CPU);
        try
        {
            TensorMemory.Fill(tensor, stream);
            return tensor;
        }
        catch (EndOfStreamException error)
        {
            tensor.Dispose();
            throw new InvalidDataException($"it ends within tensor '{entry.Key}'.", error);
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    private static StateDictionary InHeaderOrder(StateDictionary tensors, SafetensorsHeader header)
    {
        var result = new StateDictionary(header.Metadata);
        foreach (var entry in header.Entries)
            result.Add(entry.Key, tensors[entry.Key].alias());
        return result;
    }
}
