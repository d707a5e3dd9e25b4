namespace LdmMl.Cli.Output;

/// <summary>What <c>ldmml score</c> reports.</summary>
/// <param name="Facts">Everything but the scores.</param>
/// <param name="Scores">The scores, at least one.</param>
internal sealed record ScoreResult(ScoreFacts Facts, IReadOnlyList<ImageScore> Scores)
{
    private ImageScore Mean { get; } = ImageScore.Mean(Scores);

    /// <summary>Gets the document for machines.</summary>
    public object Document => new
    {
        perceptual = Facts.Perceptual,
        images = Scores,
        mean = Mean,
        missingCandidates = Facts.MissingCandidates,
        missingReferences = Facts.MissingReferences,
    };

    /// <summary>Writes what people read.</summary>
    public void Print()
    {
        var model = Facts.Perceptual;
        Terminal.Write(ScoreTable.Of(Scores, Mean, model is null ? null : model.IsCalibrated ? model.Name : "perceptual distance (uncalibrated)"));
        Terminal.WriteLine($"{Counted.Of(Scores.Count, "pair")}{(model is null ? "" : $"; {model.Name}")}");
        ImageScore.ExplainMean(Scores);
    }
}
