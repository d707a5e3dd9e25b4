namespace LdmMl.Torch.Training;

/// <summary>What goes wrong in a training, said while it goes wrong.</summary>
/// <param name="Kind">The kind of trouble.</param>
/// <param name="Step">The step after which it was seen.</param>
/// <param name="Sentence">What is seen, with its figures, and what helps.</param>
public sealed record TrainingVerdict(TrainingVerdictKind Kind, int Step, string Sentence)
{
    /// <summary>Says it in one line.</summary>
    /// <returns>Such as <c>step 400, LossNotFalling: After 400 steps the error is ...</c>.</returns>
    public override string ToString() => FormattableString.Invariant($"step {Step}, {Kind}: {Sentence}");
}
