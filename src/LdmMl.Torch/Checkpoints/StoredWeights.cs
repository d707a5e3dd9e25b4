using LdmMl.Torch.Arguments;

using static TorchSharp.torch;

namespace LdmMl.Torch.Checkpoints;

/// <summary>Converts weights to the number format in which they are stored.</summary>
internal static class StoredWeights
{
    private const double LargestHalf = 65504;

    /// <summary>
    /// Converts floating-point tensors, to float32 only while they are written; others, such as indices, are kept unchanged.
    /// </summary>
    /// <param name="weights">The weights; still owned by the caller.</param>
    /// <param name="format">The format.</param>
    /// <returns>The converted weights, sharing memory where nothing changes; the caller disposes them.</returns>
    /// <exception cref="ArgumentException">A weight is too large for the format; the message names it.</exception>
    public static StateDictionary Convert(StateDictionary weights, StorageFormat format)
    {
        using var noGradient = no_grad();
        var isWide = format == StorageFormat.Float32;            // too large for a second copy
        var result = new StateDictionary(weights.Metadata) { WrittenType = isWide ? ScalarType.Float32 : null };
        try
        {
            foreach (var (key, tensor) in weights)
                result.Add(key, isWide ? tensor.alias() : Convert(key, tensor, format));
            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }

    private static Tensor Convert(string key, Tensor tensor, StorageFormat format)
    {
        var type = TypeOf(format);
        if (!tensor.is_floating_point() || tensor.dtype == type)
            return tensor.alias();
        using var scope = NewDisposeScope();
        if (format == StorageFormat.Float16 && tensor.abs().max().Read<float>() > LargestHalf)
        {
            throw WordedException.Of(
                $"'{key}' holds magnitudes above {LargestHalf}, the largest of {StorageFormat.Float16}; store {StorageFormat.BFloat16}.",
                message => new ArgumentException(message, nameof(format)));
        }

        return scope.MoveToOuter(tensor.to(type));
    }

    private static ScalarType TypeOf(StorageFormat format) => format switch
    {
        StorageFormat.Float32 => ScalarType.Float32,
        StorageFormat.Float16 => ScalarType.Float16,
        StorageFormat.BFloat16 => ScalarType.BFloat16,
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "Unknown storage format."),
    };
}
