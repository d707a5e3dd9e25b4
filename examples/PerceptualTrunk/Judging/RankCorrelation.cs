namespace PerceptualTrunk.Judging;

/// <summary>Spearman's rank correlation.</summary>
internal static class RankCorrelation
{
    /// <summary>Computes the correlation of two lists of values: 1 for the same order, -1 for the opposite one.</summary>
    public static double Compute(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        var (left, right) = (Ranks(first), Ranks(second));
        var mean = (left.Length - 1) / 2.0;
        var products = left.Zip(right).Sum(pair => (pair.First - mean) * (pair.Second - mean));
        return products / Math.Sqrt(left.Sum(rank => (rank - mean) * (rank - mean)) * right.Sum(rank => (rank - mean) * (rank - mean)));
    }

    // Equal values share the mean of their ranks.
    private static double[] Ranks(IReadOnlyList<double> values)
    {
        var ranks = new double[values.Count];
        var next = 0;
        foreach (var equal in Enumerable.Range(0, values.Count).GroupBy(index => values[index]).OrderBy(group => group.Key))
        {
            var members = equal.ToArray();
            foreach (var index in members)
                ranks[index] = next + ((members.Length - 1) / 2.0);
            next += members.Length;
        }
        return ranks;
    }
}
