using LdmMl.Torch.Checkpoints.PyTorch;
using LdmMl.Torch.Checkpoints.Safetensors;
using LdmMl.Torch.Native;

namespace LdmMl.Torch.Checkpoints;

/// <summary>Checkpoints in any of the known containers, recognised by their content.</summary>
public static class CheckpointFile
{
    /// <summary>
    /// Reads a safetensors file, or a PyTorch checkpoint in its zip format or the one before PyTorch 1.6. Of a Lightning checkpoint its
    /// <c>state_dict</c> is read; the names of other nested containers are joined by dots. Pickles are read by a restricted reader that executes no
    /// code.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <returns>Its tensors, on the CPU, with the data types of the file, in its order. The caller disposes them.</returns>
    /// <exception cref="CheckpointException">The file cannot be read, is damaged or hostile, or has an unknown format.</exception>
    /// <example>
    /// <code>
    /// using var weights = CheckpointFile.Read("model.ckpt");
    /// foreach (var (key, tensor) in weights)
    ///     Console.WriteLine($"{key}: {string.Join("x", tensor.shape)}");
    /// </code>
    /// </example>
    public static StateDictionary Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        TorchRuntime.EnsureLoaded();
        return CheckpointErrors.Translate(path, () =>
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            return CheckpointFormats.Detect(stream) switch
            {
                CheckpointFormat.Safetensors => SafetensorsReader.Read(stream),
                CheckpointFormat.Zip => ZipCheckpoint.Read(stream),
                CheckpointFormat.Pickle => LegacyCheckpoint.Read(stream),
                _ when path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase) => SafetensorsReader.Read(stream),   // says what is wrong
                _ => throw new InvalidDataException("it is neither a safetensors file nor a PyTorch checkpoint (zip or pickle)."),
            };
        });
    }
}
