using LdmMl.Torch.Checkpoints.Safetensors;
using LdmMl.Torch.Native;
using static TorchSharp.torch;

namespace LdmMl.Torch.Checkpoints;

/// <summary>
/// The safetensors format: a JSON header and raw little-endian tensors. Files are validated as strictly as by the official Rust crate;
/// bytes go straight from the file into the memory of the tensors.
/// </summary>
public static class SafetensorsFile
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Its tensors, on the CPU, with the data types of the file, in the header's order. The caller disposes them.</returns>
    /// <exception cref="CheckpointException">The file cannot be read, is damaged, or holds a data type that TorchSharp lacks.</exception>
    public static StateDictionary Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        TorchRuntime.EnsureLoaded();
        return CheckpointErrors.Translate(path, () =>
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            return SafetensorsReader.Read(stream);
        });
    }

    /// <summary>Reads a stream from its current position to its end.</summary>
    /// <param name="stream">The stream; it need not be able to seek, and stays open.</param>
    /// <param name="name">What error messages call it.</param>
    /// <returns>Its tensors, as for a file. The caller disposes them.</returns>
    /// <exception cref="CheckpointException">The content is damaged, or holds a data type that TorchSharp lacks.</exception>
    public static StateDictionary Read(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentException.ThrowIfNullOrEmpty(name);
        TorchRuntime.EnsureLoaded();
        return CheckpointErrors.Translate(name, () => SafetensorsReader.Read(stream));
    }

    /// <summary>Writes a file atomically: under a temporary name, then renamed.</summary>
    /// <param name="path">The file; replaced if it exists.</param>
    /// <param name="tensors">The tensors, of any device and stride, with unique keys other than <c>__metadata__</c>.</param>
    /// <param name="metadata">What the file says about itself, such as <c>format: pt</c>, or null for nothing.</param>
    /// <exception cref="ArgumentException">A key is used twice or reserved, or the format lacks a data type.</exception>
    public static void Write(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(tensors);
        AtomicFile.Write(path, stream => SafetensorsWriter.Write(stream, tensors, metadata));
    }

    /// <summary>Writes to a stream, which stays open.</summary>
    /// <param name="stream">The stream; it need not be able to seek.</param>
    /// <param name="tensors">The tensors, of any device and stride, with unique keys other than <c>__metadata__</c>.</param>
    /// <param name="metadata">What the file says about itself, such as <c>format: pt</c>, or null for nothing.</param>
    /// <exception cref="ArgumentException">A key is used twice or reserved, or the format lacks a data type.</exception>
    public static void Write(Stream stream, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(tensors);
        SafetensorsWriter.Write(stream, tensors, metadata);
    }
}
