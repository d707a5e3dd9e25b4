using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Metrics;

/// <summary>Count, mean, and sums of products of deviations from the mean, of the rows seen so far (Chan, Golub and LeVeque 1979).</summary>
internal sealed class FeatureMoments
{
    // Columns of the matrix of products that are computed at once; panels above the diagonal are skipped.
    private const int Panel = 256;

    private const double RoundingUnit = 1.0 / (1L << 52);

    private readonly double[] mean;
    private readonly double[] products;   // [D, D]; only the lower triangle holds sums

    public FeatureMoments(int dimensions)
    {
        FeatureRows.RequireDimensions(dimensions);
        mean = new double[dimensions];
        products = new double[dimensions * dimensions];
    }

    public int Dimensions => mean.Length;

    public long Count { get; private set; }

    public ReadOnlySpan<double> Mean => mean;

    /// <summary>Creates the moments from a stored mean and covariance.</summary>
    public static FeatureMoments FromCovariance(long count, double[] mean, double[] covariance)
    {
        var moments = new FeatureMoments(mean.Length) { Count = count };
        mean.CopyTo(moments.mean, 0);
        for (var i = 0; i < covariance.Length; i++)
            moments.products[i] = covariance[i] * (count - 1);
        return moments;
    }

    /// <summary>Adds the first rows of an array, [N, D], around their own mean.</summary>
    public void Add(float[] rows, int count)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var x = frombuffer(rows, ScalarType.Float32, count * Dimensions).to(ScalarType.Float64).view(count, Dimensions);   // [N, D]
        var center = x.mean([0L]);                                                  // [D]
        x.sub_(center);
        var sums = ProductsTensor();                                                // [D, D]
        for (var start = 0; start < Dimensions; start += Panel)
        {
            var below = x.narrow(1, start, Dimensions - start);                     // [N, D - start]
            var panel = x.narrow(1, start, Math.Min(Panel, Dimensions - start));    // [N, P]
            sums.narrow(0, start, below.shape[1]).narrow(1, start, panel.shape[1]).addmm_(below.t(), panel);
        }

        Join(count, center, sums);
    }

    /// <summary>Merges another set's moments.</summary>
    public void Merge(FeatureMoments other)
    {
        if (other.Count == 0)
            return;
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var sums = ProductsTensor();
        sums.add_(other.ProductsTensor(), Whole(1));
        Join(other.Count, other.MeanTensor(), sums);
    }

    public double[] Covariance()
    {
        var covariance = new double[products.Length];
        for (var row = 0; row < Dimensions; row++)
        {
            for (var column = 0; column <= row; column++)
            {
                var value = products[(row * Dimensions) + column] / (Count - 1);
                covariance[(row * Dimensions) + column] = value;
                covariance[(column * Dimensions) + row] = value;
            }
        }

        return covariance;
    }

    /// <summary>
    /// Computes |m₁ - m₂|² + tr(C₁) + tr(C₂) - 2 tr((C₁ C₂)^½). The last trace is the sum of the singular values of B₁ᵀ B₂, where C = B Bᵀ:
    /// the same as the eigenvalues of C₁^½ C₂ C₁^½ under the root, without the digits that squaring and rooting lose.
    /// </summary>
    public double FrechetDistance(FeatureMoments other)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var shift = (MeanTensor() - other.MeanTensor()).pow(Whole(2)).sum().Read<double>();
        using var first = Root();
        using var second = other.Root();
        var spread = first.pow(Whole(2)).sum().Read<double>() + second.pow(Whole(2)).sum().Read<double>();
        var common = linalg.svdvals(first.t().mm(second)).sum().Read<double>();
        return Math.Max(0, shift + spread - (2 * common));
    }

    public void RequireRows(long needed)
    {
        if (Count < needed)
        {
            throw new InvalidOperationException(
                $"The set holds {Count} rows of features; at least {needed} {(needed == 1 ? "is" : "are")} needed. Add features first.");
        }
    }

    /// <summary>Computes B = V Λ^½ [D, R] of the covariance's R eigenvalues that are not zero to rounding; a single row has none.</summary>
    private Tensor Root()
    {
        using var scope = NewDisposeScope();
        if (Count == 1)
            return scope.MoveToOuter(zeros(Dimensions, 1, ScalarType.Float64));
        var covariance = ProductsTensor() / Real(Count - 1);
        var (values, vectors) = linalg.eigh(covariance, 'L');             // [D] ascending, [D, D]
        covariance.Dispose();
        var spectrum = values.data<double>().ToArray();
        var zero = spectrum[^1] * Dimensions * RoundingUnit;
        var zeroes = Math.Min(spectrum.Count(value => value <= zero), Dimensions - 1);
        var kept = Dimensions - zeroes;
        var roots = values.narrow(0, zeroes, kept).clamp_min(Real(0)).sqrt();    // [R]
        return scope.MoveToOuter(vectors.narrow(1, zeroes, kept) * roots);
    }

    private void Join(long count, Tensor center, Tensor sums)
    {
        var difference = center - MeanTensor();                            // [D]
        var total = Count + count;
        sums.addr_(difference * Real((double)Count * count / total), difference);
        MeanTensor().add_(difference, Real((double)count / total));
        Count = total;
    }

    private Tensor MeanTensor() => frombuffer(mean, ScalarType.Float64);

    private Tensor ProductsTensor() => frombuffer(products, ScalarType.Float64).view(Dimensions, Dimensions);
}
