using LdmMl.Torch.Distributed;
using LdmMl.Torch.Training.Monitoring;
using LdmMl.Torch.Training.States;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>The loop of every training: reads batches, takes steps, validates, keeps the history and the state, and reports.</summary>
/// <typeparam name="T">The type of a batch.</typeparam>
/// <param name="learner">The networks and optimisers; still owned by the caller.</param>
/// <param name="batches">The batches; still owned by the caller.</param>
/// <param name="steps">The number of steps.</param>
internal sealed class TrainingRun<T>(ILearner<T> learner, IBatches<T> batches, int steps) : IDisposable
{
    private readonly BestWeights best = new(learner.Weights);
    private List<TrainingStep> history = [];
    private long imagesSeen;
    private TimeSpan learning;
    private bool endsEpoch;
    private TrainingCheckpoint? checkpoint;

    /// <summary>Gets the validation after a step; null for none.</summary>
    public Func<int, ValidationResult>? Validation { get; init; }

    /// <summary>Gets the number of steps between two validations; null for every epoch.</summary>
    public int? ValidationInterval { get; init; }

    /// <summary>Gets the number of steps between two entries of the history.</summary>
    public int HistoryInterval { get; init; } = 1;

    /// <summary>Gets the number of batches of a step.</summary>
    public int AccumulatedBatches { get; init; } = 1;

    /// <summary>Gets the processes that share the batches of a step.</summary>
    public IProcesses Processes { get; init; } = OneProcess.Instance;

    /// <summary>Gets whether the weights of the best validation are kept.</summary>
    public bool KeepBest { get; init; }

    /// <summary>Gets the number of validations without improvement after which the run ends; null for no limit.</summary>
    public int? Patience { get; init; }

    /// <summary>Gets the clock for the speed.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Gets what creates a preview after a step; null for none.</summary>
    public Func<int, TrainingPreview>? Preview { get; init; }

    /// <summary>Gets the number of steps between two previews; null for none.</summary>
    public int? PreviewInterval { get; init; }

    /// <summary>Gets the monitor of the steps; null for none.</summary>
    public TrainingMonitor? Monitor { get; init; }

    /// <summary>Gets what rolls the training back when it collapses; null for nothing.</summary>
    public Rollback? Rollback { get; init; }

    /// <summary>Gets the number of steps taken by earlier runs.</summary>
    public int StepsBefore { get; private set; }

    /// <summary>Gets the number of finished steps.</summary>
    public int StepsDone => LastStep?.Step ?? 0;

    public bool IsComplete => StepsDone >= steps;

    public bool IsStoppedEarly => Patience is { } patience && best.ValidationsSince >= patience;

    public TrainingOutcome Outcome =>
        IsComplete ? TrainingOutcome.Completed : IsStoppedEarly ? TrainingOutcome.StoppedEarly : TrainingOutcome.Cancelled;

    /// <summary>Gets the report of the latest step, from an earlier run if this one has taken none; null before the first.</summary>
    public TrainingStep? LastStep { get; private set; }

    /// <summary>Gets the recorded steps, those of earlier runs included.</summary>
    public IReadOnlyList<TrainingStep> History => LastStep is null || IsRecorded(LastStep) ? history : [.. history, LastStep with { Preview = null }];

    /// <summary>Restores the state of an earlier run, if there is one, and saves its own from now on.</summary>
    /// <param name="state">The state's folder; null for none.</param>
    /// <param name="data">The content hash of the training data.</param>
    public void Begin(TrainingCheckpoint? state, Func<string> data)
    {
        checkpoint = state;
        if (state is null)
            return;
        history = [.. state.Begin(data(), [.. new IResumable?[] { learner, batches, best, Monitor, Rollback }.OfType<IResumable>()])];
        LastStep = history.LastOrDefault();
        if (LastStep is not null && !IsRecorded(LastStep))
            history.RemoveAt(history.Count - 1);                 // it was recorded only as the last of its run
        StepsBefore = StepsDone;
    }

    /// <summary>Takes the remaining steps, unless it is cancelled between two of them.</summary>
    /// <remarks>All processes take every step and stop after the same one; only the first reports and writes.</remarks>
    public void Finish(IProgress<TrainingStep>? progress, CancellationToken cancellationToken)
    {
        progress = Processes.Rank == 0 ? progress : null;
        if (StepsBefore > 0)
            (progress as ITrainingObserver)?.ContinueFrom(History);
        try
        {
            while (!IsComplete && !IsStoppedEarly && !Processes.Any(cancellationToken.IsCancellationRequested))
            {
                var step = Advance();
                if (checkpoint?.IsDue(step.Step) == true)
                    Save();
                progress?.Report(step);
            }
        }
        catch (OperationCanceledException)                       // by the receiver of the reports
        {
            Save();
            throw;
        }

        Save();
    }

    /// <summary>Sets the network's weights to those of the trained model: those of the best validation, the averages, or the last step's.</summary>
    public void ApplyResult()
    {
        if (!KeepBest || !best.CopyToWeights())
            learner.Ema?.CopyToWeights();
    }

    /// <summary>Takes one step, and validates if that is due.</summary>
    public TrainingStep Advance()
    {
        var start = Clock.GetTimestamp();
        var step = Learn(StepsDone + 1);
        learning += Clock.GetElapsedTime(start);
        if (Validation is not null && IsValidationDue(step.Step))
            step = step with { Validation = Validate(step.Step) };
        if (Preview is not null && PreviewInterval is { } every && (step.Step % every == 0 || step.Step == steps))
            step = step with { Preview = Show(step.Step) };
        step = step with { Verdicts = Watch(step), Signals = null };
        var perStep = learning / (step.Step - StepsBefore);
        LastStep = step with { ImagesPerSecond = imagesSeen / learning.TotalSeconds, TimeLeft = perStep * (steps - step.Step) };
        if (IsRecorded(LastStep))
            history.Add(LastStep with { Preview = null });
        return LastStep;
    }

    public void Dispose() => best.Dispose();

    private void Save()
    {
        if (Processes.Rank == 0)
            checkpoint?.Save(History);
    }

    private TrainingStep Learn(int step)
    {
        using var scope = NewDisposeScope();
        endsEpoch = false;
        return learner.Learn(Read(), step) with { Steps = steps, Epoch = batches.Epoch };
    }

    private IReadOnlyList<TrainingVerdict> Watch(TrainingStep step)
    {
        if (Monitor is null || step.Signals is not { } signals)
            return [];
        var verdicts = Monitor.Look(step, signals);
        if (Rollback?.After(step) == true)
            Monitor.Forget(TrainingVerdictKind.ReconstructionCollapsed);
        return verdicts;
    }

    // Each process computes neighbouring batches, which are a branch of the tree that sums gradients.
    private IEnumerable<MicroBatch<T>> Read()
    {
        var share = AccumulatedBatches / Processes.Count;
        for (var i = 0; i < AccumulatedBatches; i++)
        {
            using var scope = NewDisposeScope();
            var isOwn = i / share == Processes.Rank;
            var batch = isOwn ? batches.Next() : batches.Skip();
            imagesSeen += batches.Size;
            endsEpoch |= batches.EndsEpoch;
            yield return new(batch, i, isOwn);
        }
    }

    private ValidationResult Validate(int step)
    {
        using var averaged = learner.Ema?.Apply();
        var result = Validation!(step);
        if (KeepBest || Patience is not null)
            best.Consider(result.Error);
        return result;
    }

    private TrainingPreview Show(int step)
    {
        using var averaged = learner.Ema?.Apply();
        return Preview!(step);
    }

    private bool IsRecorded(TrainingStep step) =>
        step.Step == 1 || step.Step % HistoryInterval == 0 || step.Validation is not null || step.Verdicts.Count > 0;

    private bool IsValidationDue(int step) =>
        step == steps || (ValidationInterval is { } interval ? step % interval == 0 : endsEpoch);
}
