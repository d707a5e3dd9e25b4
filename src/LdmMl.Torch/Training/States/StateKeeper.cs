using System.Text.Json.Nodes;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;

namespace LdmMl.Torch.Training.States;

/// <summary>Keeps a training's state in its folder, where it has one, and takes it up again.</summary>
internal sealed class StateKeeper
{
    private readonly string path;
    private readonly TrainingStateFolder folder;
    private readonly JsonObject setup;
    private readonly int interval;
    private readonly StoredState? stored;
    private IResumable[] parts = [];
    private double latentScale;
    private int savedStep;

    private StateKeeper(string path, JsonObject setup, int interval, StoredState? stored)
    {
        (this.path, folder) = (path, new TrainingStateFolder(path));
        (this.setup, this.interval, this.stored) = (setup, interval, stored);
    }

    /// <summary>Gets after how many steps the state was written from which the training goes on; 0 for one that begins.</summary>
    public int StepsBefore => stored?.Step ?? 0;

    /// <summary>Gets the scale of the latents with which the training was begun; null for one that begins.</summary>
    public double? LatentScale => stored?.LatentScale;

    /// <summary>Opens the folder that the options name.</summary>
    /// <returns>The keeper; null where the options name no folder.</returns>
    /// <exception cref="ArgumentException">There is a state already, and the training is not to go on from it.</exception>
    /// <exception cref="CheckpointException">The state is missing, damaged, or of another training.</exception>
    public static StateKeeper? Open(DiffusionTrainingOptions options, LatentDiffusionConfig config, AutoencoderModel autoencoder, int steps)
    {
        if (string.IsNullOrEmpty(options.StateFolder))
            return null;
        var place = new TrainingStateFolder(options.StateFolder);
        if (!options.Resume && place.HoldsState)
        {
            throw new ArgumentException(
                $"The folder '{options.StateFolder}' holds the state of a training after {place.Read().Step} steps. " +
                $"Set {nameof(options.Resume)} to go on from it, or take another folder.");
        }

        var training = TrainingSetup.Describe(options, config, autoencoder.ComputeWeightHash(), steps);
        var found = options.Resume ? Read(place, options.StateFolder, training) : null;
        return new StateKeeper(options.StateFolder, training, options.SaveInterval, found);
    }

    /// <summary>Takes up the state, if the training goes on from one.</summary>
    /// <param name="images">What tells the images and their labels from all others.</param>
    /// <param name="scale">The scale of the latents.</param>
    /// <param name="resumable">The parts of the training.</param>
    /// <exception cref="CheckpointException">The images are others, or the state is damaged.</exception>
    public void Begin(string images, double scale, params IResumable[] resumable)
    {
        (parts, latentScale) = (resumable, scale);
        setup[TrainingSetup.Images] = images;
        if (stored is null)
            return;
        TrainingSetup.RequireSame(path, stored.Setup, setup);
        using var snapshot = folder.ReadSnapshot(stored);
        CheckpointDoor.Open(Path.Combine(path, stored.TensorFile), () =>
        {
            foreach (var part in parts)
                part.Read(snapshot);
            return true;
        });
        savedStep = stored.Step;
    }

    /// <summary>Writes the state where that is due.</summary>
    public void After(int step)
    {
        if (step % interval == 0)
            Save(step);
    }

    /// <summary>Writes the state, unless it was written after the same step.</summary>
    public void Save(int step)
    {
        if (step == savedStep)
            return;
        using var snapshot = new TrainingSnapshot();
        foreach (var part in parts)
            part.Write(snapshot);
        var state = new StoredState
        {
            Format = StoredState.PresentFormat, Step = step, TensorFile = TrainingStateFolder.TensorFileFor(step), LatentScale = latentScale,
            Counts = snapshot.Counts, Setup = setup,
        };
        folder.Write(state, snapshot);
        savedStep = step;
    }

    private static StoredState Read(TrainingStateFolder place, string path, JsonObject training)
    {
        var found = place.Read();
        var known = found.Setup.DeepClone().AsObject();
        known.Remove(TrainingSetup.Images);                      // compared when they are read
        TrainingSetup.RequireSame(path, known, training);
        return found;
    }
}
