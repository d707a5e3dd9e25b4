using LdmMl.Evaluation;
using LdmMl.Torch.Metrics.Statistics;

namespace LdmMl;

/// <summary>
/// What <see cref="LatentDiffusionCatalog.EvaluateReconstruction(Microsoft.ML.IDataView, ReconstructionEvaluationOptions, CancellationToken)"/> collects from a data view:
/// the scores of every row, at most 48 bytes each, and the features' statistics. Parts that were read separately are joined by <see cref="Merge"/>.
/// </summary>
public sealed class ReconstructionStatistics
{
    internal ReconstructionStatistics(ReconstructionEvaluationOptions options)
    {
        Settings = ReconstructionSettings.Of(options);
        PerceptualName = options.PerceptualModel?.Name;
        if (options.FeatureModel is not { } model)
            return;
        var features = FeatureDescription.Of(model);
        References = new FeatureSetStatistics(features, capacity: 1, seed: 0);
        Candidates = new FeatureSetStatistics(features, capacity: 1, seed: 0);
    }

    /// <summary>Gets how many pairs were measured.</summary>
    public long Count => AbsoluteErrors.Count;

    /// <summary>Gets how many rows were left out because one of their images is missing.</summary>
    public long MissingCount { get; private set; }

    internal SettingsRecord Settings { get; }

    internal string? PerceptualName { get; }

    internal FeatureSetStatistics? References { get; }

    internal FeatureSetStatistics? Candidates { get; }

    // An interval by resampling needs every finite score of a metric, 8 bytes each.
    internal List<double> AbsoluteErrors { get; } = [];

    internal List<double> SquaredErrors { get; } = [];

    internal List<double> Psnr { get; } = [];

    internal List<double> Ssim { get; } = [];

    internal List<double> MsSsim { get; } = [];

    internal List<double> PerceptualDistances { get; } = [];

    /// <summary>Joins the rows of another part; merging parts in order gives the same result as reading all rows at once.</summary>
    /// <param name="other">The other part, which is not changed.</param>
    /// <exception cref="ArgumentException">It was measured with different settings or models, or it is this part itself.</exception>
    public void Merge(ReconstructionStatistics other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (ReferenceEquals(this, other))
            throw new ArgumentException("A part cannot be merged with itself: its rows would count twice.", nameof(other));
        if (Settings.Fingerprint != other.Settings.Fingerprint)
            throw new ArgumentException("The parts were measured with different settings or models. Measure both with the same ones.", nameof(other));
        foreach ((var mine, var others) in Columns().Zip(other.Columns()))
            mine.AddRange(others);
        MissingCount += other.MissingCount;
        References?.Merge(other.References!);
        Candidates?.Merge(other.Candidates!);
    }

    /// <summary>Computes means and intervals.</summary>
    /// <param name="bootstrap">How the intervals are computed; null for 95 %, 10,000 resamples, seed 0.</param>
    /// <returns>The figures.</returns>
    /// <exception cref="ArgumentException">There are no pairs, or an option is wrong.</exception>
    public ReconstructionMetrics ToMetrics(BootstrapOptions? bootstrap = null) => ReconstructionSummary.Of(this, bootstrap ?? new BootstrapOptions());

    internal void Add(PairMeasures pair)
    {
        AbsoluteErrors.Add(pair.AbsoluteError);
        SquaredErrors.Add(pair.SquaredError);
        Ssim.Add(pair.Ssim);
        if (double.IsFinite(pair.Psnr))
            Psnr.Add(pair.Psnr);
        if (pair.MsSsim is { } similarity)
            MsSsim.Add(similarity);
    }

    internal void AddMissing() => MissingCount++;

    private IEnumerable<List<double>> Columns() => [AbsoluteErrors, SquaredErrors, Psnr, Ssim, MsSsim, PerceptualDistances];

    /// <summary>Formats the counts in one line.</summary>
    /// <returns>Such as <c>24 pairs, 1 missing</c>.</returns>
    public override string ToString() =>
        FormattableString.Invariant($"{Count} {(Count == 1 ? "pair" : "pairs")}, {MissingCount} missing");
}
