using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Metrics;

/// <summary>Validates rows of features for the metrics that compare sets of images.</summary>
internal static class FeatureRows
{
    // A covariance of more dimensions does not fit into one array.
    private const int LargestDimensions = 46_340;

    public static void RequireDimensions(int dimensions)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimensions);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimensions, LargestDimensions);
    }

    public static void RequireSameDimensions(int dimensions, int other)
    {
        if (dimensions != other)
        {
            throw new ArgumentException(
                $"One set has features of {dimensions} dimensions, the other of {other}. Compute both with the same feature model.");
        }
    }

    /// <summary>Checks that the values are whole rows of finite numbers.</summary>
    /// <param name="features">Rows [N, dimensions].</param>
    /// <param name="dimensions">Values in a row.</param>
    /// <param name="before">How many rows were given before these, for the message.</param>
    public static void Require(ReadOnlySpan<float> features, int dimensions, long before)
    {
        if (features.Length % dimensions != 0)
            throw new ArgumentException($"{features.Length} values are not whole rows of {dimensions} features.");
        for (var row = 0; row < features.Length / dimensions; row++)
        {
            var values = features.Slice(row * dimensions, dimensions);
            if (!IsFinite(values))
            {
                throw new ArgumentException(
                    $"Row {before + row} holds a feature that is not a finite number. Leave the image out, or check the model that computed it.");
            }
        }
    }

    /// <summary>Returns the rows of a tensor of features.</summary>
    public static float[] Of(Tensor features, int dimensions)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (features.shape is not [_, var width] || width != dimensions)
            throw new ArgumentException($"Expected features [B, {dimensions}], got [{string.Join(", ", features.shape)}].", nameof(features));
        using var scope = NewDisposeScope();
        return features.detach().to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
    }

    private static bool IsFinite(ReadOnlySpan<float> values)
    {
        foreach (var value in values)
        {
            if (!float.IsFinite(value))
                return false;
        }

        return true;
    }
}
