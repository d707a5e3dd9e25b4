using System.Buffers;
using System.Numerics;

namespace LdmMl.Torch.Metrics;

/// <summary>
/// One channel of two images in double precision, and the similarity of its windows. The window is separable: for each row of windows the
/// five moments (means of x, y, x², y², xy) are gathered down the columns first, then along the row.
/// </summary>
/// <remarks>Rows are padded to whole vectors plus a window, so the loops have no remainders; padded columns are computed and left out.</remarks>
internal sealed class SsimPlanePair : IDisposable
{
    private readonly int border;
    private readonly int width;
    private readonly int height;
    private readonly int stride;
    private readonly double[] weights;
    private readonly double covarianceFactor;
    private readonly double c1;
    private readonly double c2;
    private readonly double[] x;
    private readonly double[] y;
    private readonly double[] moments;

    /// <summary>Makes room for images of the given size with mirrored pixels on every side.</summary>
    public SsimPlanePair(int sourceWidth, int sourceHeight, int border, SsimSettings settings, double dataRange)
    {
        this.border = border;
        width = sourceWidth + (2 * border);
        height = sourceHeight + (2 * border);
        weights = settings.Weights();
        stride = RoundUp(width) + RoundUp(weights.Length) + Vector<double>.Count;
        double count = weights.Length * weights.Length;
        covarianceFactor = settings.Covariance == SsimCovariance.Sample ? count / (count - 1) : 1;
        c1 = settings.K1 * dataRange * settings.K1 * dataRange;
        c2 = settings.K2 * dataRange * settings.K2 * dataRange;
        x = Rent(stride * height);
        y = Rent(stride * height);
        moments = Rent(stride * 6);
    }

    public void Dispose()
    {
        ArrayPool<double>.Shared.Return(x);
        ArrayPool<double>.Shared.Return(y);
        ArrayPool<double>.Shared.Return(moments);
    }

    /// <summary>Takes one channel of interleaved pixels, or a plane as the one channel of one.</summary>
    public void Fill<T>(ReadOnlySpan<T> reference, ReadOnlySpan<T> candidate, int channel, int channels)
        where T : unmanaged, INumberBase<T>
    {
        var sourceWidth = width - (2 * border);
        for (var row = 0; row < height; row++)
        {
            var sourceRow = Mirror(row - border, height - (2 * border)) * sourceWidth;
            for (var column = 0; column < width; column++)
            {
                var source = ((sourceRow + Mirror(column - border, sourceWidth)) * channels) + channel;
                x[(row * stride) + column] = double.CreateTruncating(reference[source]);
                y[(row * stride) + column] = double.CreateTruncating(candidate[source]);
            }
        }
    }

    /// <summary>Computes the mean similarity of all windows inside the plane.</summary>
    public double Mean()
    {
        var sum = 0.0;
        for (var row = 0; row <= height - weights.Length; row++)
        {
            foreach (var similarity in Row(row))
                sum += similarity;
        }

        return sum / ((double)(height - weights.Length + 1) * (width - weights.Length + 1));
    }

    /// <summary>Writes the similarity of all windows inside the plane, row by row.</summary>
    public void Map(Span<double> map)
    {
        var mapWidth = width - weights.Length + 1;
        for (var row = 0; row <= height - weights.Length; row++)
            Row(row).CopyTo(map[(row * mapWidth)..]);
    }

    private ReadOnlySpan<double> Row(int row)
    {
        GatherDown(row);
        var windows = width - weights.Length + 1;
        var similarities = moments.AsSpan(5 * stride);
        for (var column = 0; column < windows; column += Vector<double>.Count)
            GatherAlong(column).CopyTo(similarities[column..]);
        return similarities[..windows];
    }

    private void GatherDown(int row)
    {
        for (var column = 0; column < width; column += Vector<double>.Count)
        {
            Vector<double> sumX = default, sumY = default, sumXX = default, sumYY = default, sumXY = default;
            for (var k = 0; k < weights.Length; k++)
            {
                var position = ((row + k) * stride) + column;
                var weight = new Vector<double>(weights[k]);
                var valueX = new Vector<double>(x, position);
                var valueY = new Vector<double>(y, position);
                sumX += weight * valueX;
                sumY += weight * valueY;
                sumXX += weight * (valueX * valueX);
                sumYY += weight * (valueY * valueY);
                sumXY += weight * (valueX * valueY);
            }

            sumX.CopyTo(moments, column);
            sumY.CopyTo(moments, stride + column);
            sumXX.CopyTo(moments, (2 * stride) + column);
            sumYY.CopyTo(moments, (3 * stride) + column);
            sumXY.CopyTo(moments, (4 * stride) + column);
        }
    }

    private Vector<double> GatherAlong(int column)
    {
        Vector<double> meanX = default, meanY = default, meanXX = default, meanYY = default, meanXY = default;
        for (var k = 0; k < weights.Length; k++)
        {
            var weight = new Vector<double>(weights[k]);
            meanX += weight * new Vector<double>(moments, column + k);
            meanY += weight * new Vector<double>(moments, stride + column + k);
            meanXX += weight * new Vector<double>(moments, (2 * stride) + column + k);
            meanYY += weight * new Vector<double>(moments, (3 * stride) + column + k);
            meanXY += weight * new Vector<double>(moments, (4 * stride) + column + k);
        }

        var product = meanX * meanY;
        var squares = (meanX * meanX) + (meanY * meanY);
        var covariance = (meanXY - product) * covarianceFactor;
        var variances = (meanXX + meanYY - squares) * covarianceFactor;

        // Equation 13.
        var one = new Vector<double>(c1);
        var two = new Vector<double>(c2);
        return ((2 * product) + one) * ((2 * covariance) + two) / ((squares + one) * (variances + two));
    }

    private static int Mirror(int index, int length) => index < 0 ? -index : index >= length ? (2 * length) - 2 - index : index;

    private static int RoundUp(int length) => (length + Vector<double>.Count - 1) / Vector<double>.Count * Vector<double>.Count;

    private static double[] Rent(int length)
    {
        var array = ArrayPool<double>.Shared.Rent(length);
        Array.Clear(array, 0, length);
        return array;
    }
}
