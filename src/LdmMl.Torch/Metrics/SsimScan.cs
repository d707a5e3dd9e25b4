using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;

namespace LdmMl.Torch.Metrics;

/// <summary>
/// Passes a window over two images in double precision. The window is separable and symmetric: each row of pixels is gathered along the row once,
/// for the four moments (means of x, y, x² + y², xy), and as many gathered rows as the window is high are kept and gathered down the columns.
/// </summary>
/// <remarks>
/// Rows are padded to whole vectors plus a window, so the loops have no remainders; padded columns are computed and left out.
/// Every sum has one order on every processor, and swapping the images gives the same bits.
/// </remarks>
internal sealed class SsimScan : IDisposable
{
    private const int Moments = 4;

    private readonly int width;
    private readonly int height;
    private readonly int border;
    private readonly int stride;
    private readonly double[] weights;
    private readonly double covarianceFactor;
    private readonly double c1;
    private readonly double c2;
    private readonly double[] pixels;      // [4, stride]: a row of x, y, x² + y², xy
    private readonly double[] gathered;    // [window, 4, stride]: rows gathered along the row
    private readonly double[] values;      // [stride]: a row of windows

    /// <summary>Makes room for rows of images of the given size with mirrored pixels on every side.</summary>
    public SsimScan(int width, int height, int border, SsimSettings settings, double dataRange)
    {
        (this.width, this.height, this.border) = (width, height, border);
        weights = settings.Weights();
        stride = RoundUp(width + (2 * border)) + RoundUp(weights.Length) + Vector<double>.Count;
        double count = weights.Length * weights.Length;
        covarianceFactor = settings.Covariance == SsimCovariance.Sample ? count / (count - 1) : 1;
        c1 = settings.K1 * dataRange * settings.K1 * dataRange;
        c2 = settings.K2 * dataRange * settings.K2 * dataRange;
        pixels = Rent(Moments * stride);
        gathered = Rent(weights.Length * Moments * stride);
        values = Rent(stride);
    }

    private int WindowsAcross => width + (2 * border) - weights.Length + 1;

    private int WindowsDown => height + (2 * border) - weights.Length + 1;

    public void Dispose()
    {
        ArrayPool<double>.Shared.Return(pixels);
        ArrayPool<double>.Shared.Return(gathered);
        ArrayPool<double>.Shared.Return(values);
    }

    /// <summary>Computes the mean over the windows.</summary>
    public double Mean<T, TFormula>(PlanePair<T> planes)
        where T : unmanaged, INumberBase<T>
        where TFormula : ISsimFormula
    {
        Begin(planes);
        var sum = 0.0;
        for (var row = 0; row < WindowsDown; row++)
            sum += Sum(Row<T, TFormula>(planes, row));
        return sum / ((double)WindowsDown * WindowsAcross);
    }

    /// <summary>Writes the similarity of every window, row by row.</summary>
    public void Map<T>(PlanePair<T> planes, Span<double> map)
        where T : unmanaged, INumberBase<T>
    {
        Begin(planes);
        for (var row = 0; row < WindowsDown; row++)
            Row<T, SsimSimilarity>(planes, row).CopyTo(map[(row * WindowsAcross)..]);
    }

    private void Begin<T>(PlanePair<T> planes)
        where T : unmanaged, INumberBase<T>
    {
        for (var row = 0; row < weights.Length - 1; row++)
            GatherAlong(planes, row);
    }

    private Span<double> Row<T, TFormula>(PlanePair<T> planes, int row)
        where T : unmanaged, INumberBase<T>
        where TFormula : ISsimFormula
    {
        GatherAlong(planes, row + weights.Length - 1);
        GatherDown<TFormula>(row);
        return values.AsSpan(0, WindowsAcross);
    }

    private void GatherAlong<T>(PlanePair<T> planes, int row)
        where T : unmanaged, INumberBase<T>
    {
        Read(planes.Reference, planes.Channel, planes.Channels, row, pixels.AsSpan(0, stride));
        Read(planes.Candidate, planes.Channel, planes.Channels, row, pixels.AsSpan(stride, stride));
        Multiply();
        ref var source = ref MemoryMarshal.GetArrayDataReference(pixels);
        var target = gathered.AsSpan(row % weights.Length * Moments * stride, Moments * stride);
        var middle = weights.Length / 2;
        for (var column = 0; column < WindowsAcross; column += Vector<double>.Count)
        {
            Vector<double> x = default, y = default, squares = default, product = default;
            for (var k = 0; k < middle; k++)
            {
                var weight = new Vector<double>(weights[k]);
                int left = column + k, right = column + weights.Length - 1 - k;
                x += weight * (Load(ref source, left) + Load(ref source, right));
                y += weight * (Load(ref source, stride + left) + Load(ref source, stride + right));
                squares += weight * (Load(ref source, (2 * stride) + left) + Load(ref source, (2 * stride) + right));
                product += weight * (Load(ref source, (3 * stride) + left) + Load(ref source, (3 * stride) + right));
            }

            var central = new Vector<double>(weights[middle]);
            (x + (central * Load(ref source, column + middle))).CopyTo(target[column..]);
            (y + (central * Load(ref source, stride + column + middle))).CopyTo(target[(stride + column)..]);
            (squares + (central * Load(ref source, (2 * stride) + column + middle))).CopyTo(target[((2 * stride) + column)..]);
            (product + (central * Load(ref source, (3 * stride) + column + middle))).CopyTo(target[((3 * stride) + column)..]);
        }
    }

    private void GatherDown<TFormula>(int row)
        where TFormula : ISsimFormula
    {
        ref var source = ref MemoryMarshal.GetArrayDataReference(gathered);
        Span<int> rows = stackalloc int[weights.Length];
        for (var k = 0; k < rows.Length; k++)
            rows[k] = (row + k) % weights.Length * Moments * stride;
        var middle = weights.Length / 2;
        for (var column = 0; column < WindowsAcross; column += Vector<double>.Count)
        {
            Vector<double> x = default, y = default, squares = default, product = default;
            for (var k = 0; k < middle; k++)
            {
                var weight = new Vector<double>(weights[k]);
                int above = rows[k] + column, below = rows[rows.Length - 1 - k] + column;
                x += weight * (Load(ref source, above) + Load(ref source, below));
                y += weight * (Load(ref source, stride + above) + Load(ref source, stride + below));
                squares += weight * (Load(ref source, (2 * stride) + above) + Load(ref source, (2 * stride) + below));
                product += weight * (Load(ref source, (3 * stride) + above) + Load(ref source, (3 * stride) + below));
            }

            var central = new Vector<double>(weights[middle]);
            var center = rows[middle] + column;
            x += central * Load(ref source, center);
            y += central * Load(ref source, stride + center);
            squares += central * Load(ref source, (2 * stride) + center);
            product += central * Load(ref source, (3 * stride) + center);
            Compare<TFormula>(x, y, squares, product).CopyTo(values, column);
        }
    }

    private Vector<double> Compare<TFormula>(Vector<double> x, Vector<double> y, Vector<double> squares, Vector<double> product)
        where TFormula : ISsimFormula
    {
        var productOfMeans = x * y;
        var squaresOfMeans = (x * x) + (y * y);
        var factor = new Vector<double>(covarianceFactor);
        return TFormula.Of(
            productOfMeans, squaresOfMeans, (product - productOfMeans) * factor, (squares - squaresOfMeans) * factor, new(c1), new(c2));
    }

    private void Multiply()
    {
        ref var source = ref MemoryMarshal.GetArrayDataReference(pixels);
        for (var column = 0; column < width + (2 * border); column += Vector<double>.Count)
        {
            var x = Load(ref source, column);
            var y = Load(ref source, stride + column);
            ((x * x) + (y * y)).CopyTo(pixels, (2 * stride) + column);
            (x * y).CopyTo(pixels, (3 * stride) + column);
        }
    }

    private void Read<T>(ReadOnlySpan<T> source, int channel, int channels, int row, Span<double> target)
        where T : unmanaged, INumberBase<T>
    {
        var line = source.Slice(Mirror(row - border, height) * width * channels, width * channels);
        for (int column = 0, at = channel; column < width; column++, at += channels)
            target[border + column] = double.CreateTruncating(line[at]);
        for (var column = 0; column < border; column++)
        {
            target[column] = target[(2 * border) - column];
            target[border + width + column] = target[border + width - 2 - column];
        }
    }

    private static double Sum(ReadOnlySpan<double> values)
    {
        // Four sums hide the latency of an addition.
        double a = 0, b = 0, c = 0, d = 0;
        var i = 0;
        for (; i + 3 < values.Length; i += 4)
        {
            a += values[i];
            b += values[i + 1];
            c += values[i + 2];
            d += values[i + 3];
        }

        for (; i < values.Length; i++)
            a += values[i];
        return (a + b) + (c + d);
    }

    private static Vector<double> Load(ref double source, int index) => Vector.LoadUnsafe(ref source, (nuint)index);

    private static int Mirror(int index, int length) => index < 0 ? -index : index >= length ? (2 * length) - 2 - index : index;

    private static int RoundUp(int length) => (length + Vector<double>.Count - 1) / Vector<double>.Count * Vector<double>.Count;

    private static double[] Rent(int length)
    {
        var array = ArrayPool<double>.Shared.Rent(length);
        Array.Clear(array, 0, length);
        return array;
    }
}
