using System.Text.Json;
using LdmMl.Torch.Checkpoints;

namespace LdmMl.Torch.Training.States;

/// <summary>
/// The folder of a training state: <c>state.json</c>, and the safetensors file that it names. The JSON is written last and replaced at once, so that
/// the folder holds a whole state at every moment, even when the power fails.
/// </summary>
/// <param name="folder">The folder.</param>
internal sealed class TrainingStateFolder(string folder)
{
    private const string DescriptionName = "state.json", TensorPrefix = "state-", TensorSuffix = ".safetensors";
    private const long LargestDescription = 16 << 20;            // bytes; a thousand label names take some kilobytes

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase, AllowDuplicateProperties = false, WriteIndented = true,
    };

    private string DescriptionPath => Path.Combine(folder, DescriptionName);

    /// <summary>Gets a value indicating whether there is a state.</summary>
    public bool HoldsState => File.Exists(DescriptionPath);

    /// <summary>Writes a state in place of the one before.</summary>
    public void Write(StoredState state, TrainingSnapshot snapshot)
    {
        Directory.CreateDirectory(folder);
        SafetensorsFile.Write(Path.Combine(folder, state.TensorFile), snapshot.Tensors);
        AtomicFile.Write(DescriptionPath, stream => JsonSerializer.Serialize(stream, state, Options));
        foreach (var file in Directory.EnumerateFiles(folder, TensorPrefix + "*" + TensorSuffix))
        {
            if (Path.GetFileName(file) != state.TensorFile)
                File.Delete(file);
        }
    }

    /// <summary>Makes the name of the file of tensors after some steps.</summary>
    public static string TensorFileFor(int step) => $"{TensorPrefix}{step}{TensorSuffix}";

    /// <summary>Reads the description of the state.</summary>
    /// <exception cref="CheckpointException">There is none, or it is damaged.</exception>
    public StoredState Read()
    {
        if (!HoldsState)
        {
            throw new CheckpointException(
                folder, $"it holds no state of a training (there is no {DescriptionName}); check the folder, or begin anew.");
        }

        return CheckpointDoor.Open(DescriptionPath, () =>
        {
            using var stream = File.OpenRead(DescriptionPath);
            if (stream.Length > LargestDescription)
                throw new InvalidDataException($"it has {stream.Length} bytes; a description of a training has less than {LargestDescription}.");
            return Check(Parse(stream));
        });
    }

    /// <summary>Reads the tensors and counts of the state.</summary>
    /// <exception cref="CheckpointException">The file is missing or damaged.</exception>
    public TrainingSnapshot ReadSnapshot(StoredState state) => new(SafetensorsFile.Read(Path.Combine(folder, state.TensorFile)), state.Counts);

    private static StoredState Parse(Stream stream)
    {
        try
        {
            return JsonSerializer.Deserialize<StoredState>(stream, Options) ?? throw new InvalidDataException("it holds null in place of a state.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"it is no description of a training: {error.Message}", error);
        }
    }

    private static StoredState Check(StoredState state)
    {
        if (state.Format != StoredState.PresentFormat)
            throw new InvalidDataException($"its format is {state.Format}; this version reads {StoredState.PresentFormat}.");
        if (state.Step < 0 || !(state.LatentScale > 0 && double.IsFinite(state.LatentScale)))
            throw new InvalidDataException($"step {state.Step} and latent scale {state.LatentScale} describe no training.");
        if (state.TensorFile != Path.GetFileName(state.TensorFile) || !state.TensorFile.EndsWith(TensorSuffix, StringComparison.Ordinal))
            throw new InvalidDataException($"it names '{state.TensorFile}', which is no {TensorSuffix} file beside it.");
        return state;
    }
}
