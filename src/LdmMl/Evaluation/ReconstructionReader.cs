using LdmMl.Schemas;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Evaluation;

/// <summary>Reads two image columns once, row after row, into scores.</summary>
internal sealed class ReconstructionReader
{
    private readonly ReconstructionEvaluationOptions options;
    private readonly EvaluationReport report;
    private readonly ComparedColumns columns;
    private readonly ReconstructionStatistics statistics;
    private readonly PixelBatch references, candidates;

    public ReconstructionReader(ReconstructionEvaluationOptions options, EvaluationReport report)
    {
        (this.options, this.report) = (options, report);
        columns = new ComparedColumns(options.ReferenceColumnName, options.CandidateColumnName);
        statistics = new ReconstructionStatistics(options);
        references = new PixelBatch(options.BatchSize, options.Background);
        candidates = new PixelBatch(options.BatchSize, options.Background);
    }

    /// <exception cref="ArgumentException">A column is missing, or holds something else.</exception>
    public ReconstructionStatistics Read(IDataView data)
    {
        (var first, var second) = (columns.Reference.Find(data.Schema), columns.Candidate.Find(data.Schema));
        columns.CheckTypes(first.Type, second.Type);
        using var cursor = data.GetRowCursor([first, second]);
        ValueGetter<MLImage> referenceGetter = cursor.GetGetter<MLImage>(first), candidateGetter = cursor.GetGetter<MLImage>(second);
        MLImage? reference = null, candidate = null;   // owned by their producer: never disposed here
        while (cursor.MoveNext())
        {
            report.Row();
            referenceGetter(ref reference!);
            candidateGetter(ref candidate!);
            if (reference is null || candidate is null)
                statistics.AddMissing();
            else
                Add(reference, candidate, cursor.Position);
        }

        Measure();
        return statistics;
    }

    private void Add(MLImage reference, MLImage candidate, long row)
    {
        var size = columns.CheckRow(reference, candidate, row);
        RequireSize(size, options.Ssim.WindowSize, "SSIM's window", row);
        RequireSize(size, options.PerceptualModel?.MinimumSize ?? 1, options.PerceptualModel?.Name ?? "", row);
        RequireSize(size, options.FeatureModel?.MinimumSize ?? 1, options.FeatureModel?.Name ?? "", row);
        references.Add(reference);
        candidates.Add(candidate);
        if (references.IsFull)
            Measure();
    }

    private void Measure()
    {
        if (references.Count == 0)
            return;
        foreach (var pair in PairComputation.Of(references, candidates, options))
            statistics.Add(pair);
        if (options.PerceptualModel is { } perceptual)
        {
            foreach (var distance in BatchForward.Distances(perceptual, references, candidates))
                statistics.PerceptualDistances.Add(distance);
        }

        Describe(statistics.References, references);
        Describe(statistics.Candidates, candidates);
        references.Clear();
        candidates.Clear();
    }

    private void Describe(FeatureSetStatistics? set, PixelBatch batch)
    {
        if (set is null)
            return;
        set.Add(BatchForward.Features(options.FeatureModel!, batch));
        for (var slot = 0; slot < batch.Count; slot++)
            set.Sizes.Add(batch.Size(slot));
    }

    private void RequireSize(ImageSize size, int least, string what, long row)
    {
        if (Math.Min(size.Width, size.Height) < least)
        {
            throw RowError.Of(row,
                $"the images in columns '{columns.ReferenceName}' and '{columns.CandidateName}' are {size}; "
                + $"{what} needs at least {least} pixels on each side. Enlarge both alike, or leave it out.");
        }
    }
}
