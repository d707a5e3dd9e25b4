using LdmMl.Scoring;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Evaluation;

/// <summary>Reads two image columns once, row after row, into scores.</summary>
internal sealed class ReconstructionReader
{
    private readonly ReconstructionEvaluationOptions _options;
    private readonly EvaluationReport _report;
    private readonly ComparedColumns _columns;
    private readonly ReconstructionStatistics _statistics;
    private readonly PixelBatch _references, _candidates;

    public ReconstructionReader(ReconstructionEvaluationOptions options, EvaluationReport report)
    {
        (_options, _report) = (options, report);
        _columns = new ComparedColumns(options.ReferenceColumnName, options.CandidateColumnName);
        _statistics = new ReconstructionStatistics(options);
        _references = new PixelBatch(options.BatchSize, options.Background);
        _candidates = new PixelBatch(options.BatchSize, options.Background);
    }

    /// <exception cref="ArgumentException">A column is missing, or holds something else.</exception>
    public ReconstructionStatistics Read(IDataView data)
    {
        (DataViewSchema.Column first, DataViewSchema.Column second) = (_columns.Reference.Find(data.Schema), _columns.Candidate.Find(data.Schema));
        _columns.CheckTypes(first.Type, second.Type);
        using DataViewRowCursor cursor = data.GetRowCursor([first, second]);
        ValueGetter<MLImage> referenceGetter = cursor.GetGetter<MLImage>(first), candidateGetter = cursor.GetGetter<MLImage>(second);
        MLImage? reference = null, candidate = null;   // they belong to whoever produced them: never disposed here
        while (cursor.MoveNext())
        {
            _report.Row();
            referenceGetter(ref reference!);
            candidateGetter(ref candidate!);
            if (reference is null || candidate is null)
                _statistics.AddMissing();
            else
                Add(reference, candidate, cursor.Position);
        }

        Measure();
        return _statistics;
    }

    private void Add(MLImage reference, MLImage candidate, long row)
    {
        ImageSize size = _columns.CheckRow(reference, candidate, row);
        RequireSize(size, _options.Ssim.WindowSize, "SSIM's window", row);
        RequireSize(size, _options.PerceptualModel?.MinimumSize ?? 1, _options.PerceptualModel?.Name ?? "", row);
        RequireSize(size, _options.FeatureModel?.MinimumSize ?? 1, _options.FeatureModel?.Name ?? "", row);
        _references.Add(reference);
        _candidates.Add(candidate);
        if (_references.IsFull)
            Measure();
    }

    private void Measure()
    {
        if (_references.Count == 0)
            return;
        foreach (PairMeasures pair in PairComputation.Of(_references, _candidates, _options))
            _statistics.Add(pair);
        if (_options.PerceptualModel is { } perceptual)
        {
            foreach (float distance in PerceptualScores.Of(perceptual, _references, _candidates))
                _statistics.PerceptualDistances.Add(distance);
        }

        Describe(_statistics.References, _references);
        Describe(_statistics.Candidates, _candidates);
        _references.Clear();
        _candidates.Clear();
    }

    private void Describe(FeatureSetStatistics? set, PixelBatch batch)
    {
        if (set is null)
            return;
        set.Add(ImageFeatures.Of(_options.FeatureModel!, batch));
        for (int slot = 0; slot < batch.Count; slot++)
            set.Sizes.Add(batch.Size(slot));
    }

    private void RequireSize(ImageSize size, int least, string what, long row)
    {
        if (Math.Min(size.Width, size.Height) < least)
        {
            throw new InvalidDataException(
                $"Row {row}: the images in columns '{_columns.ReferenceName}' and '{_columns.CandidateName}' are {size}; "
                + $"{what} needs at least {least} pixels on each side. Enlarge both alike, or leave it out.");
        }
    }
}
