using System.Runtime.InteropServices;
using LdmMl.Torch.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Metrics;

/// <summary>
/// A bounded random sample of a stream of features, for the metrics that need the features themselves: <see cref="KernelDistance"/>,
/// <see cref="PrecisionRecall"/> and <see cref="DensityCoverage"/>.
/// </summary>
/// <remarks>
/// Every row gets a pseudo-random number from its content and the seed, and the <see cref="Capacity"/> rows with the smallest numbers are kept.
/// So the sample, and every metric computed from it, depends neither on the order of the rows nor on how they were split into parts;
/// below the capacity all rows are kept and the metrics are exact. Features that differ in their last bits (from another convolution mode or
/// number of threads) get other numbers: metrics of subsets, such as the kernel distance, then vary within their standard deviation.
/// Memory: at most <see cref="Capacity"/> times (4 D + 64) bytes (83 MB for 10,000 rows of 2,048 features). One thread at a time.
/// </remarks>
public sealed class FeatureSample
{
    private readonly ulong seed;
    private readonly PriorityQueue<float[], ulong> held = new(Comparer<ulong>.Create((a, b) => b.CompareTo(a)));
    private float[][]? ordered;

    /// <summary>Creates an empty sample.</summary>
    /// <param name="dimensions">Features of an image, 1 to 46,340; 2,048 for Inception-v3.</param>
    /// <param name="capacity">The largest number of rows to hold, at least 1.</param>
    /// <param name="seed">Determines which rows are kept if there are more than <paramref name="capacity"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public FeatureSample(int dimensions, int capacity = 10_000, long seed = 0)
    {
        FeatureRows.RequireDimensions(dimensions);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        TorchRuntime.EnsureLoaded();
        (Dimensions, Capacity, this.seed) = (dimensions, capacity, unchecked((ulong)seed));
    }

    /// <summary>Gets the features of an image.</summary>
    public int Dimensions { get; }

    /// <summary>Gets the largest number of rows that are held.</summary>
    public int Capacity { get; }

    /// <summary>Gets how many rows were added.</summary>
    public long Count { get; private set; }

    /// <summary>Gets how many rows are kept: all, up to <see cref="Capacity"/>.</summary>
    public int HeldCount => held.Count;

    /// <summary>Adds the features of images.</summary>
    /// <param name="features">Rows [N, <see cref="Dimensions"/>].</param>
    /// <exception cref="ArgumentException">The values are not whole rows, or one is not finite; nothing is added then.</exception>
    public void Add(ReadOnlySpan<float> features)
    {
        FeatureRows.Require(features, Dimensions, Count);
        for (var start = 0; start < features.Length; start += Dimensions)
        {
            var row = features.Slice(start, Dimensions);
            Hold(row, Number(row), reuse: null);
        }

        Count += features.Length / Dimensions;
    }

    /// <summary>Adds the features of images.</summary>
    /// <param name="features">Features [B, <see cref="Dimensions"/>] of any device and floating-point type.</param>
    /// <exception cref="ArgumentException">The shape is another, or a value is not finite; nothing is added then.</exception>
    public void Add(Tensor features) => Add(FeatureRows.Of(features, Dimensions));

    /// <summary>Merges another sample: the result is the same as one sample of all rows.</summary>
    /// <param name="other">The other sample, which is not changed.</param>
    /// <exception cref="ArgumentException">Dimensions, capacity or seed differ, or it is this sample itself.</exception>
    public void Merge(FeatureSample other)
    {
        ArgumentNullException.ThrowIfNull(other);
        FeatureRows.RequireSameDimensions(Dimensions, other.Dimensions);
        if (ReferenceEquals(this, other))
            throw new ArgumentException("A sample cannot be merged with itself: its images would count twice.", nameof(other));
        if (Capacity != other.Capacity || seed != other.seed)
        {
            throw new ArgumentException(
                $"Samples of capacity {Capacity} and {other.Capacity}, seed {seed} and {other.seed} cannot be merged. Give both parts the same two numbers.",
                nameof(other));
        }

        foreach (var (row, number) in other.held.UnorderedItems)
            Hold(row, number, reuse: row);
        Count += other.Count;
    }

    /// <summary>Formats the figures in one line.</summary>
    /// <returns>Such as <c>500 of 600 rows of 2048 features</c>.</returns>
    public override string ToString() =>
        FormattableString.Invariant($"{HeldCount} of {Count} rows of {Dimensions} features");

    /// <summary>Returns kept rows, in the order of their numbers, in double precision [count, D] on the CPU.</summary>
    internal Tensor Rows(int start, int count) => Gather(Ordered().AsSpan(start, count));

    /// <summary>Returns the held rows of the given places in that order, as double precision [places, D] on the CPU.</summary>
    internal Tensor Rows(ReadOnlySpan<int> places)
    {
        var rows = new float[places.Length][];
        for (var i = 0; i < rows.Length; i++)
            rows[i] = Ordered()[places[i]];
        return Gather(rows);
    }

    /// <exception cref="InvalidOperationException">There are no rows.</exception>
    internal void RequireRows()
    {
        if (Count == 0)
            throw new InvalidOperationException("The sample holds no rows of features. Add features first.");
    }

    private Tensor Gather(ReadOnlySpan<float[]> rows)
    {
        using var scope = NewDisposeScope();
        var gathered = empty(rows.Length, Dimensions, ScalarType.Float32);
        var values = MemoryMarshal.Cast<byte, float>(gathered.bytes);
        for (var i = 0; i < rows.Length; i++)
            rows[i].CopyTo(values[(i * Dimensions)..]);
        return scope.MoveToOuter(gathered.to(ScalarType.Float64));
    }

    private float[][] Ordered() => ordered ??= [.. held.UnorderedItems.OrderBy(item => item.Priority).Select(item => item.Element)];

    private void Hold(ReadOnlySpan<float> row, ulong number, float[]? reuse)
    {
        if (held.Count < Capacity)
        {
            held.Enqueue(reuse ?? row.ToArray(), number);
            ordered = null;
        }
        else if (held.TryPeek(out _, out var largest) && number < largest)
        {
            held.EnqueueDequeue(reuse ?? row.ToArray(), number);
            ordered = null;
        }
    }

    private ulong Number(ReadOnlySpan<float> row)
    {
        // The finaliser of SplitMix64 (Steele, Lea and Flood 2014) after each value.
        var number = seed;
        foreach (var value in MemoryMarshal.Cast<float, uint>(row))
        {
            number = (number ^ value) + 0x9E3779B97F4A7C15;
            number = (number ^ (number >> 30)) * 0xBF58476D1CE4E5B9;
            number = (number ^ (number >> 27)) * 0x94D049BB133111EB;
            number ^= number >> 31;
        }

        return number;
    }
}
