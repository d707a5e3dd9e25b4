using System.Buffers;
using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using static TorchSharp.torch;

namespace LdmMl.Torch.Checkpoints.Safetensors;

/// <summary>Writes the format as the official writer does: wide data types first, then by name; the header padded so that the data is
/// aligned.</summary>
internal static class SafetensorsWriter
{
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };   // not for HTML

    /// <summary>Writes tensors and metadata.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="tensors">The tensors.</param>
    /// <param name="metadata">What the file says about itself; null for nothing.</param>
    /// <param name="type">The number format that floating-point tensors are converted to, one at a time; null for the one they have.</param>
    /// <exception cref="ArgumentException">A key is used twice or reserved, or the format lacks a data type.</exception>
    public static void Write(
        Stream stream, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata, ScalarType? type = null)
    {
        var ordered = tensors
            .Select(pair => (pair.Key, Tensor: pair.Value, DataType: SafetensorsDataType.Of(TypeOf(pair.Value, type), pair.Key)))
            .OrderByDescending(item => item.DataType.Rank)
            .ThenBy(item => item.Key, StringComparer.Ordinal)
            .ToArray();
        CheckKeys(ordered.Select(item => item.Key));
        WriteHeader(stream, Layout(ordered), metadata);
        foreach (var item in ordered)
            Write(item.Tensor, item.DataType.ScalarType, stream);
    }

    /// <summary>Gets the number format in which a tensor is written.</summary>
    public static ScalarType TypeOf(Tensor tensor, ScalarType? type) => type is { } wanted && tensor.is_floating_point() ? wanted : tensor.dtype;

    private static void Write(Tensor tensor, ScalarType type, Stream stream)
    {
        using var noGradient = no_grad();
        using var converted = tensor.dtype == type ? tensor.alias() : tensor.to(type);
        TensorMemory.Write(converted, stream);
    }

    private static void CheckKeys(IEnumerable<string> keys)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal) { SafetensorsHeader.MetadataKey };
        foreach (var key in keys)
        {
            if (!seen.Add(key))
                throw new ArgumentException($"The key '{key}' is used twice, or reserved for the metadata.", nameof(keys));
        }
    }

    private static List<SafetensorsEntry> Layout(IEnumerable<(string Key, Tensor Tensor, SafetensorsDataType DataType)> items)
    {
        var entries = new List<SafetensorsEntry>();
        long position = 0;
        foreach (var (key, tensor, dataType) in items)
        {
            var end = checked(position + (tensor.NumberOfElements * dataType.ByteSize));
            entries.Add(new SafetensorsEntry(key, dataType, tensor.shape, position, end));
            position = end;
        }
        return entries;
    }

    private static void WriteHeader(Stream stream, IEnumerable<SafetensorsEntry> entries, IReadOnlyDictionary<string, string>? metadata)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text, Json))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
                WriteMetadata(json, metadata);
            foreach (var entry in entries)
                WriteEntry(json, entry);
            json.WriteEndObject();
        }
        while (text.WrittenCount % SafetensorsHeader.LengthSize != 0)
            text.Write(" "u8);

        Span<byte> length = stackalloc byte[SafetensorsHeader.LengthSize];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)text.WrittenCount);
        stream.Write(length);
        stream.Write(text.WrittenSpan);
    }

    // Sorted, so that equal content gives equal bytes.
    private static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string> metadata)
    {
        json.WriteStartObject(SafetensorsHeader.MetadataKey);
        foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static void WriteEntry(Utf8JsonWriter json, SafetensorsEntry entry)
    {
        json.WriteStartObject(entry.Key);
        json.WriteString("dtype", entry.DataType.Name);
        WriteNumbers(json, "shape", entry.Shape);
        WriteNumbers(json, "data_offsets", [entry.Start, entry.End]);
        json.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, ReadOnlySpan<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
            json.WriteNumberValue(number);
        json.WriteEndArray();
    }
}
