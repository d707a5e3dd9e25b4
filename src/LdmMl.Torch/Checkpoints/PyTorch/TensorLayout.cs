namespace LdmMl.Torch.Checkpoints.PyTorch;

/// <summary>Checks that tensors stay within their storages, with arithmetic that cannot overflow, before any memory is allocated.</summary>
internal static class TensorLayout
{
    private const int LargestRank = 64;                 // libtorch's limit
    private const long SmallCopies = 64L << 20;         // bytes
    private const int CopiesPerStorageByte = 4;

    /// <summary>Checks all tensors.</summary>
    /// <exception cref="InvalidDataException">One reaches beyond its storage, or repeats its storage absurdly often by strides of 0.</exception>
    public static void Check(IReadOnlyList<NamedTensor> tensors)
    {
        var storages = tensors.Select(item => item.Tensor.Storage).Distinct().ToArray();
        var budget = SmallCopies + CopiesPerStorageByte * SumOfBytes(storages);
        foreach (var (key, tensor) in tensors)
        {
            var bytes = Check(key, tensor);
            if (IsContiguous(tensor))
                continue;   // a view of its storage: takes no memory
            budget -= bytes;
            if (budget < 0)
            {
                throw new InvalidDataException(
                    $"tensor '{key}' of shape [{string.Join(", ", tensor.Shape)}] takes {bytes} bytes, "
                    + $"but its storage has {tensor.Storage.Count} elements (strides [{string.Join(", ", tensor.Strides)}]).");
            }
        }
    }

    /// <summary>Determines whether the elements are contiguous in row-major order.</summary>
    public static bool IsContiguous(TensorReference tensor)
    {
        long expected = 1;
        for (var i = tensor.Shape.Length - 1; i >= 0; i--)
        {
            if (tensor.Shape[i] != 1 && tensor.Strides[i] != expected)
                return false;
            expected *= tensor.Shape[i];   // cannot overflow: the element count was checked
        }
        return true;
    }

    private static long SumOfBytes(IEnumerable<StorageReference> storages)
    {
        try
        {
            return storages.Sum(storage => checked(storage.Count * storage.Type.ByteSize)) is var sum
                && sum < long.MaxValue / (2 * CopiesPerStorageByte)
                ? sum
                : throw new InvalidDataException($"its storages claim {sum} bytes.");
        }
        catch (OverflowException error)
        {
            throw new InvalidDataException("the sizes of its storages overflow 64 bits.", error);
        }
    }

    private static long Check(string key, TensorReference tensor)
    {
        var (storage, offset, shape, strides) = tensor;
        if (storage.Type.ScalarType is null)
            throw new InvalidDataException($"tensor '{key}' has a storage of the unsupported type '{storage.Type.Name}'.");
        if (storage.Count < 0)
            throw new InvalidDataException($"storage '{storage.Key}' of tensor '{key}' has the negative size {storage.Count}.");
        if (shape.Length != strides.Length || shape.Length > LargestRank)
            throw new InvalidDataException($"tensor '{key}' has {shape.Length} sizes and {strides.Length} strides.");
        if (offset < 0 || shape.Any(size => size < 0) || strides.Any(stride => stride < 0))
            throw new InvalidDataException($"tensor '{key}' has a negative offset, size or stride: {Describe(tensor)}.");
        try
        {
            var count = shape.Contains(0) ? 0 : shape.Aggregate(1L, (product, size) => checked(product * size));
            var last = shape.Zip(strides).Aggregate(offset, (sum, axis) => checked(sum + (axis.First - 1) * axis.Second));
            if (count > 0 && last >= storage.Count)
            {
                throw new InvalidDataException(
                    $"tensor '{key}' reaches beyond its storage '{storage.Key}' of {storage.Count} elements: {Describe(tensor)}.");
            }

            return checked(count * storage.Type.ByteSize);
        }
        catch (OverflowException error)
        {
            throw new InvalidDataException($"the size of tensor '{key}' overflows 64 bits: {Describe(tensor)}.", error);
        }
    }

    private static string Describe(TensorReference tensor) =>
        $"offset {tensor.Offset}, shape [{string.Join(", ", tensor.Shape)}], strides [{string.Join(", ", tensor.Strides)}]";
}
