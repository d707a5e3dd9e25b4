using LdmMl.Torch.Training;

namespace LdmMl.Cli.Output;

/// <summary>Passes the steps of a training on to several receivers, and remembers the last one.</summary>
/// <param name="receivers">The receivers.</param>
internal sealed class TrainingObservers(IReadOnlyList<IProgress<TrainingStep>> receivers) : ITrainingObserver
{
    /// <summary>Gets the last step of this run; null before it.</summary>
    public TrainingStep? Last { get; private set; }

    public void ContinueFrom(IReadOnlyList<TrainingStep> history)
    {
        foreach (var receiver in receivers.OfType<ITrainingObserver>())
            receiver.ContinueFrom(history);
    }

    public void Report(TrainingStep value)
    {
        Last = value;
        foreach (var receiver in receivers)
            receiver.Report(value);
    }
}
