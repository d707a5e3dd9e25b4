using LdmMl.Torch.Losses;

namespace LdmMl.Torch.Training;

/// <summary>What a learner says of one batch; see <see cref="TrainingStep"/>.</summary>
internal sealed record LearntBatch
{
    public required double Loss { get; init; }

    public required IReadOnlyList<LossValue> Terms { get; init; }

    public required IReadOnlyDictionary<string, double> Logged { get; init; }

    public LossValue? Discriminator { get; init; }

    public required double GradientNorm { get; init; }

    public required double LearningRate { get; init; }
}
