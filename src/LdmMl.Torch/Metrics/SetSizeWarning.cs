using System.Globalization;

namespace LdmMl.Torch.Metrics;

/// <summary>The warnings of set metrics about small sets; the metric is computed nevertheless.</summary>
internal static class SetSizeWarning
{
    /// <summary>Below this many images published Fréchet distances are not comparable: Inception's covariance has 2,048 dimensions.</summary>
    private const int Few = 2048;

    private const string Comparable = "Compare it only with distances of equally many images.";

    public static string? OfFrechetDistance(int dimensions, long first, long second)
    {
        var smaller = Math.Min(first, second);
        if (smaller == 1)
        {
            return "A set holds a single image, whose covariance is unknown and counts as 0: "
                + "the distance compares the means and counts the whole variance of the other set.";
        }

        if (smaller <= dimensions)
        {
            return $"{Images(smaller)} are too few for {Number(dimensions)} features: the covariance is singular and the distance is biased upwards. "
                + Comparable;
        }

        return smaller < Few
            ? $"{Images(smaller)} are fewer than {Number(Few)}: the distance is biased upwards. {Comparable}"
            : null;
    }

    public static string? OfKernelDistance(long smaller, int subsetSize)
    {
        if (smaller == 1)
            return "A set holds a single image: no unbiased estimate exists, and the kernel of the image with itself is counted.";
        return smaller < subsetSize
            ? $"{Images(smaller)} are fewer than the {Number(subsetSize)} of a subset, so smaller subsets are compared: "
                + "the distance is unbiased but uncertain, and its standard deviation is too small."
            : null;
    }

    public static string? OfNeighbours(long smaller, int neighbours)
    {
        if (smaller <= neighbours)
        {
            return $"A set of {Images(smaller)} has no {Number(neighbours)} neighbours for each image; the farthest one is used instead, "
                + "and the values mean little.";
        }

        return smaller < Few
            ? $"{Images(smaller)} are fewer than {Number(Few)}: the values depend strongly on the number of images. "
                + "Compare them only with values of equally many images."
            : null;
    }

    private static string Images(long count) => count == 1 ? "1 image" : $"{Number(count)} images";

    private static string Number(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
