using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LdmMl.Torch.Metrics;

/// <summary>
/// Slides a window over two images in double precision. The window is separable and symmetric: each row of pixels is filtered along the row once,
/// for the four moments (means of x, y, x² + y², xy), and as many filtered rows as the window is high are kept and filtered down the columns.
/// </summary>
/// <remarks>
/// Rows are padded to whole vectors plus a window, so the loops have no remainders; padded columns are computed and left out.
/// Every sum has one order on every processor, and swapping the images gives the same bits.
/// </remarks>
internal sealed class SsimScan : IDisposable
{
    private const int Moments = 4;

    private readonly int width, height, border, stride;
    private readonly double[] weights;
    private readonly int[] along;          // the offsets of a window's elements in a row of pixels
    private readonly int[] down;           // their offsets in the filtered rows
    private readonly double covarianceFactor, c1, c2;
    private readonly double[] pixels;      // [4, stride]: a row of x, y, x² + y², xy
    private readonly double[] gathered;    // [window, 4, stride]: rows gathered along the row
    private readonly double[] values;      // [stride]: a row of windows

    /// <summary>Allocates rows for images of the given size with mirrored pixels on every side.</summary>
    public SsimScan(int width, int height, int border, SsimSettings settings, double dataRange)
    {
        (this.width, this.height, this.border) = (width, height, border);
        weights = settings.Weights();
        along = [.. Enumerable.Range(0, weights.Length)];
        down = new int[weights.Length];
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
        planes.ReadRow(row, width, height, border, pixels.AsSpan(0, stride), pixels.AsSpan(stride, stride));
        Multiply();
        ref var source = ref MemoryMarshal.GetArrayDataReference(pixels);
        var target = gathered.AsSpan(row % weights.Length * Moments * stride, Moments * stride);
        for (var column = 0; column < WindowsAcross; column += Vector<double>.Count)
        {
            var (x, y, squares, product) = Gather(ref source, along, column);
            x.CopyTo(target[column..]);
            y.CopyTo(target[(stride + column)..]);
            squares.CopyTo(target[((2 * stride) + column)..]);
            product.CopyTo(target[((3 * stride) + column)..]);
        }
    }

    private void GatherDown<TFormula>(int row)
        where TFormula : ISsimFormula
    {
        ref var source = ref MemoryMarshal.GetArrayDataReference(gathered);
        for (var k = 0; k < down.Length; k++)
            down[k] = (row + k) % weights.Length * Moments * stride;
        for (var column = 0; column < WindowsAcross; column += Vector<double>.Count)
        {
            var (x, y, squares, product) = Gather(ref source, down, column);
            Compare<TFormula>(x, y, squares, product).CopyTo(values, column);
        }
    }

    /// <summary>Sums the four moments over the elements of a window, two that share a weight at once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private (Vector<double> X, Vector<double> Y, Vector<double> Squares, Vector<double> Product) Gather(ref double source, int[] places, int column)
    {
        var middle = places.Length / 2;
        var center = places[middle] + column;
        var central = new Vector<double>(weights[middle]);
        var x = central * Load(ref source, center);
        var y = central * Load(ref source, stride + center);
        var squares = central * Load(ref source, (2 * stride) + center);
        var product = central * Load(ref source, (3 * stride) + center);
        for (var k = 0; k < middle; k++)
        {
            var weight = new Vector<double>(weights[k]);
            int first = places[k] + column, last = places[places.Length - 1 - k] + column;
            x += weight * (Load(ref source, first) + Load(ref source, last));
            y += weight * (Load(ref source, stride + first) + Load(ref source, stride + last));
            squares += weight * (Load(ref source, (2 * stride) + first) + Load(ref source, (2 * stride) + last));
            product += weight * (Load(ref source, (3 * stride) + first) + Load(ref source, (3 * stride) + last));
        }

        return (x, y, squares, product);
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

    private static int RoundUp(int length) => (length + Vector<double>.Count - 1) / Vector<double>.Count * Vector<double>.Count;

    private static double[] Rent(int length)
    {
        var array = ArrayPool<double>.Shared.Rent(length);
        Array.Clear(array, 0, length);
        return array;
    }
}
