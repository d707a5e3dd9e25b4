namespace LdmMl.Torch.Metrics;

/// <summary>Checks that two images can be compared.</summary>
internal static class ImagePairArguments
{
    public static void RequireSameSize(int referenceLength, int candidateLength)
    {
        if (referenceLength != candidateLength)
        {
            throw new ArgumentException(
                $"The images differ in size: the reference has {referenceLength} values and the candidate {candidateLength}. Resize or crop one of them first.");
        }

        if (referenceLength == 0)
            throw new ArgumentException("The images are empty; a metric needs at least one pixel.");
    }

    public static void RequireShape(int length, int width, int height, int channels)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        if ((long)width * height * channels != length)
        {
            throw new ArgumentException(
                $"The images have {length} values, but {width}x{height} pixels of {channels} channels need {(long)width * height * channels}.");
        }
    }

    public static void RequireDataRange(double dataRange)
    {
        if (!(dataRange > 0 && double.IsFinite(dataRange)))
        {
            throw new ArgumentOutOfRangeException(
                nameof(dataRange), dataRange, "The data range is the largest possible value minus the smallest: 255 for bytes, 1 for [0, 1], 2 for [-1, 1].");
        }
    }
}
