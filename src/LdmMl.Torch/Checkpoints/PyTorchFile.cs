using LdmMl.Torch.Checkpoints.PyTorch;

namespace LdmMl.Torch.Checkpoints;

/// <summary>
/// Checkpoints of <c>torch.save</c>: the zip format and the one before PyTorch 1.6. The pickle in them is read by a restricted reader that
/// accepts tensors, numbers, strings and containers and never executes code, whatever the file asks for.
/// </summary>
internal static class PyTorchFile
{
    /// <summary>Reads a file. Of a Lightning checkpoint its <c>state_dict</c>; otherwise the names of nested containers are joined by dots.</summary>
    /// <param name="path">The file.</param>
    /// <returns>
    /// Its tensors, contiguous, on the CPU, with the data types of the file, in its order. Tensors that share memory in the file share it here.
    /// The caller disposes them.
    /// </returns>
    /// <exception cref="CheckpointException">The file cannot be read, is damaged or hostile, or holds no tensors.</exception>
    public static StateDictionary Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return CheckpointErrors.Translate(path, () =>
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            return CheckpointFormats.Detect(stream) == CheckpointFormat.Zip ? ZipCheckpoint.Read(stream) : LegacyCheckpoint.Read(stream);
        });
    }
}
