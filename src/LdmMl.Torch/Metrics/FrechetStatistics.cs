using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Native;
using static TorchSharp.torch;

namespace LdmMl.Torch.Metrics;

/// <summary>
/// FID, the Fréchet Inception distance, and the Fréchet distance of any other features (Heusel et al. 2017, eq. 6): accumulates mean and covariance
/// from a stream of features, and compares two such sets. Only distances of Inception-v3's features may be called FID.
/// </summary>
/// <remarks>
/// Memory does not grow with the number of rows: a matrix of 8 D² bytes and a block of rows (46 MB for 2,048 dimensions); a distance takes up to nine
/// such matrices while it is computed. Sums are in double precision around the mean of each block of 512 rows, whatever the size of the batches in
/// which rows arrive, so a mean far from 0 costs no digits. Parts accumulated separately are combined by <see cref="Merge"/>. One thread at a time.
/// </remarks>
/// <example>
/// <code>
/// using var inception = FeatureModel.Load("pt_inception-2015-12-05.pth");
/// FrechetStatistics real = new(inception.Dimensions), generated = new(inception.Dimensions);
/// using var features = inception.Features(zeros(2, 3, 299, 299), PixelRange.MinusOneToOne);
/// real.Add(features);                                             // batch after batch
/// generated.Add(features);
/// Console.WriteLine($"FID {real.FrechetDistance(generated)}");
/// </code>
/// </example>
public sealed class FrechetStatistics
{
    private const int BlockRows = 512;

    private readonly float[] waiting;
    private readonly FeatureMoments moments;
    private int waitingRows;

    /// <summary>Creates an empty set.</summary>
    /// <param name="dimensions">Features of an image, 1 to 46,340; 2,048 for Inception-v3.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimensions"/> is outside its range.</exception>
    public FrechetStatistics(int dimensions)
        : this(new FeatureMoments(dimensions))
    {
    }

    private FrechetStatistics(FeatureMoments moments)
    {
        TorchRuntime.EnsureLoaded();
        this.moments = moments;
        waiting = new float[BlockRows * moments.Dimensions];
    }

    /// <summary>Gets the features of an image.</summary>
    public int Dimensions => moments.Dimensions;

    /// <summary>Gets how many rows were added.</summary>
    public long Count => moments.Count + waitingRows;

    /// <summary>Reads statistics written by <see cref="Save"/>, pytorch-fid or the publishers of data sets.</summary>
    /// <param name="path">The <c>.npz</c> file.</param>
    /// <param name="count">How many images they were computed from; needed where the file does not say, at least 2.</param>
    /// <returns>The statistics, to compare with, and to add to.</returns>
    /// <exception cref="CheckpointException">The file cannot be read, lacks an array, or the arrays do not belong together.</exception>
    /// <exception cref="ArgumentException">The file does not say how many images there were, and <paramref name="count"/> is null.</exception>
    public static FrechetStatistics Load(string path, long? count = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (count is { } given)
            ArgumentOutOfRangeException.ThrowIfLessThan(given, 2, nameof(count));
        var (mean, covariance, stored) = CheckpointErrors.Translate(path, () => StatisticsFile.Read(path));
        var images = count ?? stored ?? throw new ArgumentException(
            $"'{path}' does not say how many images its statistics were computed from; give the count (often 50,000).", nameof(count));
        return new(FeatureMoments.FromCovariance(images, mean, covariance));
    }

    /// <summary>Adds the features of images.</summary>
    /// <param name="features">Rows [N, <see cref="Dimensions"/>].</param>
    /// <exception cref="ArgumentException">The values are not whole rows, or one is not finite; nothing is added then.</exception>
    public void Add(ReadOnlySpan<float> features)
    {
        FeatureRows.Require(features, Dimensions, Count);
        while (features.Length > 0)
        {
            var length = Math.Min(features.Length, (BlockRows - waitingRows) * Dimensions);
            features[..length].CopyTo(waiting.AsSpan(waitingRows * Dimensions));
            features = features[length..];
            waitingRows += length / Dimensions;
            if (waitingRows == BlockRows)
                Absorb();
        }
    }

    /// <summary>Adds the features of images.</summary>
    /// <param name="features">Features [B, <see cref="Dimensions"/>] of any device and floating-point type.</param>
    /// <exception cref="ArgumentException">The shape is another, or a value is not finite; nothing is added then.</exception>
    public void Add(Tensor features) => Add(FeatureRows.Of(features, Dimensions));

    /// <summary>Merges another set, as if its rows had been added here.</summary>
    /// <param name="other">The other set, which is not changed.</param>
    /// <remarks>Any split into parts, merged in any order, gives what one run gives to about 14 digits.</remarks>
    /// <exception cref="ArgumentException">The dimensions differ, or it is this set itself.</exception>
    public void Merge(FrechetStatistics other)
    {
        ArgumentNullException.ThrowIfNull(other);
        FeatureRows.RequireSameDimensions(Dimensions, other.Dimensions);
        if (ReferenceEquals(this, other))
            throw new ArgumentException("A set cannot be merged with itself: its images would count twice.", nameof(other));
        Absorb();
        other.Absorb();
        moments.Merge(other.moments);
    }

    /// <summary>Computes the mean of every feature.</summary>
    /// <returns>The means, <see cref="Dimensions"/> of them.</returns>
    /// <exception cref="InvalidOperationException">There are no rows.</exception>
    public double[] Mean()
    {
        Absorb();
        moments.RequireRows(1);
        return [.. moments.Mean];
    }

    /// <summary>Computes the covariance of the features, unbiased (divided by N - 1).</summary>
    /// <returns>The matrix [<see cref="Dimensions"/>, <see cref="Dimensions"/>] in row-major order, symmetric.</returns>
    /// <exception cref="InvalidOperationException">There are fewer than two rows.</exception>
    public double[] Covariance()
    {
        Absorb();
        moments.RequireRows(2);
        return moments.Covariance();
    }

    /// <summary>Computes the Fréchet distance between the normal distributions with these means and covariances.</summary>
    /// <param name="other">The other set.</param>
    /// <returns>
    /// |m₁ - m₂|² + tr(C₁ + C₂ - 2 (C₁ C₂)^½), at least 0, and a warning where it rests on few images. Roots are taken of symmetric matrices only,
    /// by their eigenvalues, and those that are zero to rounding count as zero: singular covariances need no padding.
    /// </returns>
    /// <exception cref="ArgumentException">The dimensions differ.</exception>
    /// <exception cref="InvalidOperationException">One of the sets has no rows.</exception>
    public FrechetDistanceResult FrechetDistance(FrechetStatistics other)
    {
        ArgumentNullException.ThrowIfNull(other);
        FeatureRows.RequireSameDimensions(Dimensions, other.Dimensions);
        Absorb();
        other.Absorb();
        moments.RequireRows(1);
        other.moments.RequireRows(1);
        return new()
        {
            Distance = moments.FrechetDistance(other.moments),
            FirstCount = Count,
            SecondCount = other.Count,
            Warning = SetSizeWarning.OfFrechetDistance(Dimensions, Count, other.Count),
        };
    }

    /// <summary>
    /// Writes mean and covariance as pytorch-fid's <c>.npz</c> (<c>mu</c>, <c>sigma</c>, float64), with the number of images added.
    /// </summary>
    /// <param name="path">The file, written atomically; replaced if it exists.</param>
    /// <exception cref="InvalidOperationException">There are fewer than two rows.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var (mean, covariance) = (Mean(), Covariance());
        AtomicFile.Write(path, stream => StatisticsFile.Write(stream, mean, covariance, Count));
    }

    /// <summary>Formats the figures in one line.</summary>
    /// <returns>Such as <c>500 rows of 2048 features</c>.</returns>
    public override string ToString() =>
        FormattableString.Invariant($"{Count} rows of {Dimensions} features");

    private void Absorb()
    {
        if (waitingRows == 0)
            return;
        moments.Add(waiting, waitingRows);
        waitingRows = 0;
    }
}
