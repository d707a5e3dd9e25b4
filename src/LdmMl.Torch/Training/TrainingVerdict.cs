namespace LdmMl.Torch.Training;

/// <summary>A problem of a training, reported while it runs.</summary>
/// <param name="Kind">The kind of problem.</param>
/// <param name="Step">The step after which it was seen.</param>
/// <param name="Sentence">What was observed, with its figures, and what helps.</param>
public sealed record TrainingVerdict(TrainingVerdictKind Kind, int Step, string Sentence)
{
    /// <summary>Formats it in one line.</summary>
    /// <returns>Such as <c>step 400, LossNotFalling: After 400 steps the error is ...</c>.</returns>
    public override string ToString() => FormattableString.Invariant($"step {Step}, {Kind}: {Sentence}");
}
