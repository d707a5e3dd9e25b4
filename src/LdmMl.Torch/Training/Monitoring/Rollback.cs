using LdmMl.Torch.Training.States;

namespace LdmMl.Torch.Training.Monitoring;

/// <summary>
/// Rolls a training back to its last good state when its reconstructions collapse under the discriminator. Each rollback halves the adversarial
/// term, because otherwise the training would collapse again.
/// </summary>
/// <remarks>
/// Networks, averages and optimisers are rolled back; steps, data and random numbers continue, so that a training with the same seed takes the same
/// course, interrupted or not. The good state is a second copy of all weights and moments, in memory and in the training's state.
/// </remarks>
/// <param name="learner">The networks to roll back.</param>
/// <param name="check">Detects a collapse.</param>
/// <param name="ease">Called with the number of rollbacks: how many times the adversarial term is to be halved.</param>
/// <param name="interval">The number of steps between two kept states.</param>
internal sealed class Rollback(IResumable learner, CollapseCheck check, Action<int> ease, int interval) : IResumable, IDisposable
{
    private TrainingSnapshot? good;
    private int goodStep;

    /// <summary>Gets the number of rollbacks.</summary>
    public int Count { get; private set; }

    /// <summary>Describes the consequence of a collapse.</summary>
    public string Describe() => FormattableString.Invariant(
        $"The training is rolled back to its state after step {goodStep}, with the adversarial term at 1/{1L << Math.Min(Count + 1, 62)} of its strength.");

    /// <summary>Rolls back if the latest step showed a collapse, and keeps a good state periodically.</summary>
    /// <returns>Whether it rolled back.</returns>
    public bool After(TrainingStep step)
    {
        if (check.HasCollapsed && good is not null)
        {
            learner.Read(good);
            ease(++Count);
            check.Restart();
            return true;
        }

        if (good is null || (step.Step % interval == 0 && (check.IsGood || !step.IsOpposed)))
            Keep(step.Step);
        return false;
    }

    public void Write(TrainingSnapshot snapshot)
    {
        snapshot.Add("rollback.count", Count);
        snapshot.Add("rollback.step", goodStep);
        if (good is not null)
            snapshot.AddAll("rollback.good.", good);
    }

    public void Read(TrainingSnapshot snapshot)
    {
        (Count, goodStep) = (snapshot.Count("rollback.count"), snapshot.Count("rollback.step"));
        good?.Dispose();
        good = snapshot.Extract("rollback.good.");
        ease(Count);
    }

    public void Dispose() => good?.Dispose();

    private void Keep(int step)
    {
        using var present = new TrainingSnapshot();
        learner.Write(present);
        good?.Dispose();
        (good, goodStep) = (present.Copy(), step);
    }
}
