using System.Runtime.InteropServices;
using LdmMl.Torch.Metrics.Statistics;

namespace LdmMl.Evaluation;

/// <summary>The finite scores of the rows of one metric, 8 bytes each: an interval by resampling needs all of them.</summary>
internal sealed class ScoreColumn
{
    private readonly List<double> values = [];

    public int Count => values.Count;

    public void Add(double value) => values.Add(value);

    public void Merge(ScoreColumn other) => values.AddRange(other.values);

    /// <summary>Gives mean and interval, or null where no row has a score.</summary>
    public BootstrapInterval? Mean(BootstrapOptions options) =>
        Count == 0 ? null : BootstrapInterval.OfMean(CollectionsMarshal.AsSpan(values), options);
}
