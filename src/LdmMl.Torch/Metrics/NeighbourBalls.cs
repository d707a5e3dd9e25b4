using static TorchSharp.torch;

namespace LdmMl.Torch.Metrics;

/// <summary>
/// A ball around every image of a set with the radius of its k-th nearest neighbour in the set: the set's manifold as
/// Kynkäänniemi et al. 2019 (§2) and Naeem et al. 2020 (§3) estimate it.
/// </summary>
internal sealed class NeighbourBalls
{
    // Squared distances come from products of rows and carry their rounding. Differences below this share of the rows' squared lengths count as zero:
    // so an image on the edge of a ball is distinguished from one inside, and equal images are at distance 0.
    private const double Rounding = 1e-12;

    private readonly FeatureSample sample;
    private readonly double[] squaredRadii;

    public NeighbourBalls(FeatureSample sample, int neighbours)
    {
        this.sample = sample;
        var reach = Math.Min(neighbours, sample.HeldCount - 1);
        squaredRadii = [.. FeatureBlock.Of(sample).SelectMany(block => SquaredRadii(block, reach))];
    }

    /// <summary>Counts, for each image of another set, the balls that contain it.</summary>
    /// <param name="others">The other set.</param>
    /// <param name="edge">How an image exactly on the edge counts.</param>
    /// <param name="touched">Receives which balls contain any image of the other set.</param>
    public int[] CountAround(FeatureSample others, BallEdge edge, out bool[] touched)
    {
        var counts = new int[others.HeldCount];
        touched = new bool[sample.HeldCount];
        foreach (var (centers, points) in FeatureBlock.Pairs(sample, others))
        {
            using var scope = NewDisposeScope();
            using var _ = no_grad();
            var (squares, slack) = SquaredDistances(centers.Rows(sample), points.Rows(others));                       // [M, N]
            var radii = tensor(squaredRadii.AsSpan(centers.Start, centers.Count).ToArray()).unsqueeze(1);             // [M, 1]
            var inside = edge == BallEdge.Inside ? squares.le(radii.Plus(slack)) : squares.lt(radii - slack);             // [M, N]
            var counted = inside.sum(0, type: ScalarType.Int32).data<int>();
            for (var i = 0; i < points.Count; i++)
                counts[points.Start + i] += counted[i];
            var any = inside.any(1).data<bool>();
            for (var i = 0; i < centers.Count; i++)
                touched[centers.Start + i] |= any[i];
        }

        return counts;
    }

    private double[] SquaredRadii(FeatureBlock block, int reach)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var rows = block.Rows(sample);
        Tensor? nearest = null;                                                                                       // [M, up to reach + 1]
        foreach (var other in FeatureBlock.Of(sample))
        {
            using var inner = NewDisposeScope();
            var (squares, _) = SquaredDistances(rows, other.Rows(sample));                                            // [M, N]
            var candidates = nearest is null ? squares : cat([nearest, squares], 1);
            var (smallest, _) = candidates.topk((int)Math.Min(reach + 1, candidates.shape[1]), dim: 1, largest: false, sorted: true);
            nearest?.Dispose();
            nearest = inner.MoveToOuter(smallest);
        }

        // The image itself is the nearest, at distance 0.
        return nearest!.narrow(1, reach, 1).contiguous().data<double>().ToArray();
    }

    private static (Tensor Squares, Tensor Slack) SquaredDistances(Tensor x, Tensor y)
    {
        var lengths = (x * x).sum(1, keepdim: true).Plus((y * y).sum(1).unsqueeze(0));                                    // [M, N]
        var squares = lengths - x.mm(y.t()).mul_(Real(2));
        var slack = lengths.mul_(Real(Rounding));
        return (where(squares.le(slack), zeros_like(squares), squares), slack);
    }
}
