namespace LdmMl.Torch.Checkpoints.Safetensors;

/// <summary>The header of a file.</summary>
/// <param name="Entries">The tensors, in the header's order.</param>
/// <param name="Metadata">The strings of <c>__metadata__</c>.</param>
internal sealed record SafetensorsHeader(IReadOnlyList<SafetensorsEntry> Entries, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>The key that is not a tensor.</summary>
    public const string MetadataKey = "__metadata__";

    /// <summary>The size of the length that comes before the header; the header's end is aligned to it.</summary>
    public const int LengthSize = sizeof(ulong);

    private const int LargestRank = 64;   // libtorch's limit

    /// <summary>Checks that the tensors cover the data from its first byte to its last: no hole, no overlap, sizes as the shapes need.</summary>
    /// <returns>The tensors in the order of their bytes.</returns>
    /// <exception cref="InvalidDataException">They do not.</exception>
    public IReadOnlyList<SafetensorsEntry> CheckLayout()
    {
        var ordered = Entries.OrderBy(entry => entry.Start).ThenBy(entry => entry.End).ToArray();
        long position = 0;
        foreach (var entry in ordered)
        {
            if (entry.Start != position)
            {
                throw new InvalidDataException(
                    $"tensor '{entry.Key}' starts at byte {entry.Start} of the data, but the one before it ends at {position}.");
            }

            if (entry.End < entry.Start)
                throw new InvalidDataException($"tensor '{entry.Key}' ends at byte {entry.End}, before its start {entry.Start}.");
            var needed = ByteCount(entry);
            if (entry.End - entry.Start != needed)
            {
                throw new InvalidDataException(
                    $"tensor '{entry.Key}' has {entry.End - entry.Start} bytes, but {entry.DataType.Name} of shape " +
                    $"[{string.Join(", ", entry.Shape)}] needs {needed}.");
            }

            position = entry.End;
        }
        return ordered;
    }

    private static long ByteCount(SafetensorsEntry entry)
    {
        if (entry.Shape.Length > LargestRank)
            throw new InvalidDataException($"tensor '{entry.Key}' has {entry.Shape.Length} dimensions; at most {LargestRank} are possible.");
        try
        {
            return checked(entry.Shape.Aggregate(1L, (count, size) => checked(count * size)) * entry.DataType.ByteSize);
        }
        catch (OverflowException error)
        {
            throw new InvalidDataException($"the shape [{string.Join(", ", entry.Shape)}] of tensor '{entry.Key}' overflows 64 bits.", error);
        }
    }
}
