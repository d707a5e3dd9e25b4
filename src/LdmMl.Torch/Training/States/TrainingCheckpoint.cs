using System.Text.Json.Nodes;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Checkpoints;

namespace LdmMl.Torch.Training.States;

/// <summary>The state of any kind of training in its folder: read once at the start, and written periodically.</summary>
internal sealed class TrainingCheckpoint
{
    private readonly string path;
    private readonly TrainingStateFolder folder;
    private readonly JsonObject setup;
    private readonly TrainingOptions options;
    private readonly StoredState? stored;
    private readonly Dictionary<string, double> values;
    private IResumable[] parts = [];
    private int savedStep;
    private long savedAt;

    private TrainingCheckpoint(string path, JsonObject setup, TrainingOptions options, StoredState? stored)
    {
        (this.path, folder) = (path, new TrainingStateFolder(path));
        (this.setup, this.options, this.stored) = (setup, options, stored);
        values = stored?.Values ?? [];
    }

    /// <summary>Opens the folder named by the options.</summary>
    /// <param name="options">The options.</param>
    /// <param name="steps">The number of steps of the training.</param>
    /// <param name="describe">Describes what must be the same when the training resumes (<see cref="TrainingSetup"/>), without the data.</param>
    /// <returns>The checkpoint; null if the options name no folder.</returns>
    /// <exception cref="OptionException">There is a state but the training is not meant to resume, or the state has more steps than the
    /// training.</exception>
    /// <exception cref="CheckpointException">The state is missing, damaged, or of another training.</exception>
    public static TrainingCheckpoint? Open(TrainingOptions options, int steps, Func<JsonObject> describe)
    {
        if (string.IsNullOrEmpty(options.StateFolder))
            return null;
        var place = new TrainingStateFolder(options.StateFolder);
        if (!options.Resume && place.HoldsState)
        {
            throw Check.Refuse(
                nameof(options.StateFolder), options.StateFolder,
                $"it contains the state of a training after {place.Read().Step} steps; set {nameof(options.Resume)} to resume from it, or use another folder");
        }

        var setup = describe();
        var found = options.Resume ? Read(place, options, steps, setup) : null;
        place.Prepare();
        return new TrainingCheckpoint(options.StateFolder, setup, options, found);
    }

    /// <summary>Gets whether the training resumes from a state.</summary>
    public bool IsResumed => stored is not null;

    /// <summary>Gets a value that the training determined at its start; null for a new training.</summary>
    public double? Value(string name) => values.TryGetValue(name, out var value) ? value : null;

    /// <summary>Stores such a value.</summary>
    public void Keep(string name, double value) => values[name] = value;

    /// <summary>Restores the parts of the training, if it resumes from a state.</summary>
    /// <param name="data">The content hash of the training data.</param>
    /// <param name="resumable">The parts.</param>
    /// <returns>The history of earlier runs.</returns>
    /// <exception cref="CheckpointException">The data differs, or the state is damaged.</exception>
    public IReadOnlyList<TrainingStep> Begin(string data, params IResumable[] resumable)
    {
        parts = resumable;
        savedAt = options.Clock.GetTimestamp();
        setup[TrainingSetup.Data] = data;
        if (stored is null)
            return [];
        TrainingSetup.RequireSame(path, stored.Setup, setup);
        using var snapshot = folder.ReadSnapshot(stored);
        CheckpointErrors.Translate(Path.Combine(path, stored.TensorFile), () =>
        {
            foreach (var part in parts)
                part.Read(snapshot);
            return true;
        });
        savedStep = stored.Step;
        return stored.History;
    }

    /// <summary>Returns whether the state is due to be written after a step, by the number of steps or by the time since the last write.</summary>
    public bool IsDue(int step) =>
        step % options.SaveInterval == 0 || (options.SavePeriod is { } period && options.Clock.GetElapsedTime(savedAt) >= period);

    /// <summary>Writes the state after the last step of the history, unless it was already written after that step.</summary>
    public void Save(IReadOnlyList<TrainingStep> history)
    {
        var step = history.Count > 0 ? history[^1].Step : 0;
        if (step == savedStep)
            return;
        using var snapshot = new TrainingSnapshot();
        foreach (var part in parts)
            part.Write(snapshot);
        var state = new StoredState
        {
            Format = StoredState.PresentFormat, Step = step, TensorFile = TrainingStateFolder.TensorFileFor(step), Values = values,
            Counts = snapshot.Counts, Setup = setup, History = history,
        };
        folder.Write(state, snapshot);
        (savedStep, savedAt) = (step, options.Clock.GetTimestamp());
    }

    private static StoredState Read(TrainingStateFolder place, TrainingOptions options, int steps, JsonObject setup)
    {
        var found = place.Read();
        if (steps < found.Step)
        {
            throw Check.Refuse(
                options.Steps is null ? nameof(options.Epochs) : nameof(options.Steps), options.Steps ?? options.Epochs,
                $"that is {steps} steps, but the training in '{options.StateFolder}' has already taken {found.Step}; it must be at least as many");
        }

        var known = found.Setup.DeepClone().AsObject();
        known.Remove(TrainingSetup.Data);                        // compared when the data is read
        TrainingSetup.RequireSame(options.StateFolder!, known, setup);
        return found;
    }
}
