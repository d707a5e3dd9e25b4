using LdmMl.Torch.Native;
using static TorchSharp.torch;

namespace LdmMl.Torch.Metrics;

/// <summary>
/// FID, the Fréchet Inception distance, and the Fréchet distance of any other features (Heusel et al. 2017, eq. 6): gathers mean and covariance
/// as features stream by, and compares two such sets. Only of Inception-v3's features the distance may be called FID.
/// </summary>
/// <remarks>
/// Memory does not grow with the number of rows: a matrix of 8 D² bytes and a block of rows (46 MB for 2,048 dimensions); a distance takes
/// up to nine such matrices while it is computed.
/// Sums are in double precision around the mean of each block of 512 rows, whatever the size of the batches in which rows arrive, so a mean
/// far from 0 costs no digits. Parts that were gathered apart are joined by <see cref="Merge"/>. One thread at a time.
/// </remarks>
public sealed partial class FrechetStatistics
{
    private const int BlockRows = 512;

    private readonly float[] waiting;
    private readonly FeatureMoments moments;
    private int waitingRows;

    /// <summary>Begins a set without rows.</summary>
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

    /// <summary>Joins the rows of another set, as if they had been added here.</summary>
    /// <param name="other">The other set, which stays as it is.</param>
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

    private void Absorb()
    {
        if (waitingRows == 0)
            return;
        moments.Add(waiting, waitingRows);
        waitingRows = 0;
    }

    /// <summary>Says the figures in one line.</summary>
    /// <returns>Such as <c>500 rows of 2048 features</c>.</returns>
    public override string ToString() =>
        FormattableString.Invariant($"{Count} rows of {Dimensions} features");
}
