using System.Text.Json;
using System.Text.Json.Nodes;
using LdmMl.Torch.Checkpoints;

namespace LdmMl.Torch.Training.States;

/// <summary>
/// The folder of a training state: <c>state.json</c>, and the safetensors file that it names. The JSON is written last and replaced atomically, so
/// that the folder holds a complete state at any time, whatever interrupts the writing.
/// </summary>
/// <param name="folder">The folder.</param>
internal sealed class TrainingStateFolder(string folder)
{
    private const string DescriptionName = "state.json", TensorPrefix = "state-", TensorSuffix = ".safetensors";
    private const long LargestDescription = 64 << 20;            // bytes; a history of a thousand steps takes one million

    private string DescriptionPath => Path.Combine(folder, DescriptionName);

    /// <summary>Gets whether there is a state.</summary>
    public bool HoldsState => File.Exists(DescriptionPath);

    /// <summary>Writes a state, replacing the previous one.</summary>
    /// <exception cref="CheckpointException">It cannot be written; the previous state is intact.</exception>
    public void Write(StoredState state, TrainingSnapshot snapshot)
    {
        try
        {
            WriteFiles(state, snapshot);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            RemoveQuietly(state.TensorFile);
            throw new CheckpointException(
                folder,
                $"the state after {state.Step} steps cannot be written: {error.Message} The previous state, if any, is intact; "
                + "free some space or choose another folder, and resume from it.",
                error);
        }
    }

    /// <summary>Creates the folder, and checks before training that files can be written there.</summary>
    /// <exception cref="CheckpointException">They cannot be written.</exception>
    public void Prepare()
    {
        try
        {
            Directory.CreateDirectory(folder);
            var probe = Path.Combine(folder, $"state-{Guid.NewGuid():N}.tmp");
            File.WriteAllBytes(probe, new byte[1]);
            File.Delete(probe);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(folder, $"the state of the training cannot be written here: {error.Message}", error);
        }
    }

    private void WriteFiles(StoredState state, TrainingSnapshot snapshot)
    {
        SafetensorsFile.Write(Path.Combine(folder, state.TensorFile), snapshot.Tensors);
        AtomicFile.Write(DescriptionPath, stream => JsonSerializer.Serialize(stream, state, TrainingJson.Default.StoredState));
        foreach (var file in Directory.EnumerateFiles(folder, "state*").Where(file => IsStale(Path.GetFileName(file))))
            File.Delete(file);

        // Files of earlier states, and incomplete files left by a killed process.
        bool IsStale(string name) =>
            name != state.TensorFile && name.StartsWith(TensorPrefix, StringComparison.Ordinal) && name.EndsWith(TensorSuffix, StringComparison.Ordinal)
            || name.EndsWith(".tmp", StringComparison.Ordinal);
    }

    // Without a description nothing refers to the file. If it cannot be removed, the error already reported is enough.
    private void RemoveQuietly(string tensorFile)
    {
        try
        {
            if (!HoldsState || Read().TensorFile != tensorFile)
                File.Delete(Path.Combine(folder, tensorFile));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CheckpointException)
        {
        }
    }

    /// <summary>Returns the name of the tensor file after a number of steps.</summary>
    public static string TensorFileFor(int step) => $"{TensorPrefix}{step}{TensorSuffix}";

    /// <summary>Reads the description of the state.</summary>
    /// <exception cref="CheckpointException">There is none, or it is damaged.</exception>
    public StoredState Read()
    {
        if (!HoldsState)
        {
            throw new CheckpointException(
                folder, $"it contains no training state (there is no {DescriptionName}); check the folder, or start a new training.");
        }

        return CheckpointErrors.Translate(DescriptionPath, () =>
        {
            using var stream = File.OpenRead(DescriptionPath);
            if (stream.Length > LargestDescription)
                throw new InvalidDataException($"it has {stream.Length} bytes; a description of a training has at most {LargestDescription}.");
            return Check(Parse(stream));
        });
    }

    /// <summary>Reads the tensors and counts of the state.</summary>
    /// <exception cref="CheckpointException">The file is missing or damaged.</exception>
    public TrainingSnapshot ReadSnapshot(StoredState state) => new(SafetensorsFile.Read(Path.Combine(folder, state.TensorFile)), state.Counts);

    // Another format version is reported before missing members.
    private static StoredState Parse(Stream stream)
    {
        try
        {
            var json = JsonNode.Parse(stream) as JsonObject ?? throw new InvalidDataException("it is not the description of a training: it is not an object.");
            if (json["format"]?.ToJsonString() is { } format && format != $"{StoredState.PresentFormat}")
            {
                throw new InvalidDataException(
                    $"its format is {format}, but this version reads {StoredState.PresentFormat}; finish the training with the version that started it.");
            }

            return json.Deserialize(TrainingJson.Default.StoredState)!;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new InvalidDataException($"it is not the description of a training: {error.Message}", error);
        }
    }

    private static StoredState Check(StoredState state)
    {
        if (state.Step < 1 || state.History is null || state.History.Count == 0 || state.History[^1].Step != state.Step)
            throw new InvalidDataException($"its step {state.Step} is not the last one of its history.");
        if (state.TensorFile != Path.GetFileName(state.TensorFile) || !state.TensorFile.EndsWith(TensorSuffix, StringComparison.Ordinal))
            throw new InvalidDataException($"it names '{state.TensorFile}', which is not a {TensorSuffix} file next to it.");
        return state;
    }
}
