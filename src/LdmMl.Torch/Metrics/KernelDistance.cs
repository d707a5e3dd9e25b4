using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Metrics;

/// <summary>
/// KID, the kernel Inception distance, of any features: the squared maximum mean discrepancy of two sets under a polynomial kernel
/// (Bińkowski et al. 2018, §4). Only distances of Inception-v3's features may be called KID.
/// Unlike the Fréchet distance its estimate is unbiased for any number of images.
/// </summary>
/// <remarks>
/// In double precision. Beside the samples, memory is bounded: two blocks of rows and one block of kernels at a time, 50 MB for 2,048 features.
/// </remarks>
/// <example>
/// <code>
/// FeatureSample real = new(dimensions: 2), generated = new(dimensions: 2);
/// real.Add([0, 1, 1, 0]);
/// generated.Add([0, 2, 2, 0]);
/// var distance = KernelDistance.Compute(real, generated);
/// Console.WriteLine(distance);                                    // mean ± deviation over the subsets
/// </code>
/// </example>
public sealed record KernelDistance
{
    /// <summary>Gets the mean over the pairs of subsets: the published form (KID). Unbiased, so it can be negative for equal distributions.</summary>
    public required double Distance { get; init; }

    /// <summary>Gets the standard deviation over the pairs of subsets (divided by their number, as in torchmetrics).</summary>
    public required double StandardDeviation { get; init; }

    /// <summary>Gets how many pairs of subsets were compared.</summary>
    public required int Subsets { get; init; }

    /// <summary>Gets how many images each subset had.</summary>
    public required int SubsetSize { get; init; }

    /// <summary>Gets a warning if the distance rests on too few images; otherwise null.</summary>
    public string? Warning { get; init; }

    /// <summary>Compares random subsets, as for published values.</summary>
    /// <param name="real">Features of real images.</param>
    /// <param name="generated">Features of generated images.</param>
    /// <param name="settings">Kernel and subsets; the paper's by default.</param>
    /// <returns>Mean and standard deviation over the pairs of subsets, and a warning where the sets are smaller than a subset.</returns>
    /// <exception cref="ArgumentException">The dimensions differ, or a setting is outside its range.</exception>
    /// <exception cref="InvalidOperationException">A sample has no rows.</exception>
    public static KernelDistance Compute(FeatureSample real, FeatureSample generated, KernelDistanceSettings? settings = null)
    {
        settings ??= new();
        Validate(real, generated, settings);
        var smaller = Math.Min(real.HeldCount, generated.HeldCount);
        var size = Math.Min(settings.SubsetSize, smaller);
        // Subsets that are both whole sets are all the same.
        var subsets = size == real.HeldCount && size == generated.HeldCount ? 1 : settings.Subsets;
        var random = new Random(unchecked((int)(settings.Seed ^ (settings.Seed >> 32))));
        var distances = new double[subsets];
        for (var subset = 0; subset < subsets; subset++)
            distances[subset] = OfSubsets(real, Draw(random, real.HeldCount, size), generated, Draw(random, generated.HeldCount, size), settings);

        var mean = distances.Average();
        return new()
        {
            Distance = mean,
            StandardDeviation = Math.Sqrt(distances.Average(distance => (distance - mean) * (distance - mean))),
            Subsets = subsets,
            SubsetSize = size,
            Warning = SetSizeWarning.OfKernelDistance(smaller, settings.SubsetSize),
        };
    }

    /// <summary>
    /// Compares all images that the samples hold (Gretton et al. 2012, eq. 3): the estimate with the least variance, for any two counts.
    /// </summary>
    /// <param name="real">Features of real images.</param>
    /// <param name="generated">Features of generated images.</param>
    /// <param name="settings">The kernel; the settings of subsets are not used.</param>
    /// <returns>The unbiased estimate; of a single image, whose kernel with itself is counted, a biased one.</returns>
    /// <exception cref="ArgumentException">The dimensions differ, or a setting is outside its range.</exception>
    /// <exception cref="InvalidOperationException">A sample has no rows.</exception>
    public static double Unbiased(FeatureSample real, FeatureSample generated, KernelDistanceSettings? settings = null)
    {
        settings ??= new();
        Validate(real, generated, settings);
        double m = real.HeldCount, n = generated.HeldCount;
        var cross = FeatureBlock.Pairs(real, generated).Sum(pair => Sum(pair.First.Rows(real), pair.Second.Rows(generated), settings));
        return WithinAll(real, settings) + WithinAll(generated, settings) - (2 * cross / (m * n));
    }

    /// <summary>Formats the figures in one line.</summary>
    /// <returns>Such as <c>0.0123 ± 0.0021 (100 subsets of 1000)</c>.</returns>
    public override string ToString() =>
        FormattableString.Invariant($"{Distance:G6} ± {StandardDeviation:G3} ({Subsets} subsets of {SubsetSize})");

    private static double WithinAll(FeatureSample sample, KernelDistanceSettings settings)
    {
        double sum = 0, own = 0;
        foreach (var (first, second) in FeatureBlock.Pairs(sample, sample).Where(pair => pair.First.Start <= pair.Second.Start))
        {
            // The kernel is symmetric: a block off the diagonal stands for two.
            var times = first.Start == second.Start ? 1 : 2;
            sum += times * Sum(first.Rows(sample), second.Rows(sample), settings);
        }

        foreach (var block in FeatureBlock.Of(sample))
            own += Own(block.Rows(sample), settings);
        return MeanOfOthers(sum, own, sample.HeldCount);
    }

    private static double OfSubsets(FeatureSample real, int[] realRows, FeatureSample generated, int[] generatedRows, KernelDistanceSettings settings)
    {
        using var scope = NewDisposeScope();
        var x = real.Rows(realRows);                                           // [M, D]
        var y = generated.Rows(generatedRows);                                 // [M, D]
        var within = MeanOfOthers(Kernels(x, x, settings).sum().Read<double>(), OwnKernels(x, settings), realRows.Length)
            + MeanOfOthers(Kernels(y, y, settings).sum().Read<double>(), OwnKernels(y, settings), generatedRows.Length);
        return within - (2 * Kernels(x, y, settings).mean().Read<double>());
    }

    private static double MeanOfOthers(double sum, double own, double count) => count == 1 ? sum : (sum - own) / (count * (count - 1));

    private static double Sum(Tensor x, Tensor y, KernelDistanceSettings settings)
    {
        using var scope = NewDisposeScope();
        using (x)
        using (y)
            return Kernels(x, y, settings).sum().Read<double>();
    }

    private static double Own(Tensor x, KernelDistanceSettings settings)
    {
        using var scope = NewDisposeScope();
        using (x)
            return OwnKernels(x, settings);
    }

    private static Tensor Kernels(Tensor x, Tensor y, KernelDistanceSettings settings) => Polynomial(x.mm(y.t()), x.shape[1], settings);   // [M, N]

    private static double OwnKernels(Tensor x, KernelDistanceSettings settings) =>
        Polynomial((x * x).sum(1), x.shape[1], settings).sum().Read<double>();

    private static Tensor Polynomial(Tensor products, long dimensions, KernelDistanceSettings settings) =>
        products.mul_(Real(settings.Gamma ?? (1.0 / dimensions))).add_(Real(settings.Coefficient)).pow_(Whole(settings.Degree));

    private static int[] Draw(Random random, int count, int size)
    {
        var places = Enumerable.Range(0, count).ToArray();
        for (var i = 0; i < size; i++)
        {
            var chosen = random.Next(i, count);
            (places[i], places[chosen]) = (places[chosen], places[i]);
        }

        return places[..size];
    }

    private static void Validate(FeatureSample real, FeatureSample generated, KernelDistanceSettings settings)
    {
        FeatureBlock.RequireComparable(real, generated);
        settings.Validate();
    }
}
