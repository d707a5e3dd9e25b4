using System.Collections;
using System.Diagnostics.CodeAnalysis;
using LdmMl.Torch.Checkpoints.PyTorch;
using LdmMl.Torch.Checkpoints.Safetensors;
using LdmMl.Torch.Native;
using static TorchSharp.torch;

namespace LdmMl.Torch.Checkpoints;

/// <summary>
/// The named tensors of a checkpoint, in the file's order and with the data types in which they are stored.
/// It owns its tensors: they outlive every dispose scope and are disposed with it.
/// </summary>
public sealed class StateDictionary : IReadOnlyDictionary<string, Tensor>, IDisposable
{
    private readonly OrderedDictionary<string, Tensor> tensors = new(StringComparer.Ordinal);

    /// <summary>Initializes an empty dictionary.</summary>
    /// <param name="metadata">What the file says about itself (the <c>__metadata__</c> of a safetensors file), or null for nothing.</param>
    public StateDictionary(IReadOnlyDictionary<string, string>? metadata = null) =>
        Metadata = metadata ?? new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Gets the metadata of the file; empty for formats without any.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>
    /// Gets the number format that floating-point tensors are converted to, one at a time, while they are written; null for the one they have.
    /// </summary>
    internal ScalarType? WrittenType { get; init; }

    /// <inheritdoc/>
    public int Count => tensors.Count;

    /// <inheritdoc/>
    public IEnumerable<string> Keys => tensors.Keys;

    /// <inheritdoc/>
    public IEnumerable<Tensor> Values => tensors.Values;

    /// <summary>Gets a tensor, which the dictionary still owns: clone what must live longer.</summary>
    /// <param name="key">The full key, such as <c>encoder.conv_in.weight</c>.</param>
    /// <exception cref="KeyNotFoundException">There is no such key.</exception>
    public Tensor this[string key] => tensors[key];

    /// <summary>
    /// Reads a safetensors file, or a PyTorch checkpoint in its zip format or the one before PyTorch 1.6. Of a Lightning checkpoint its
    /// <c>state_dict</c> is read; the names of other nested containers are joined by dots. Pickles are read by a restricted reader that executes no
    /// code.
    /// </summary>
    /// <remarks>
    /// On Linux, files of 64 MiB or more are mapped: weights are read when they are first used, and the file must not be overwritten or shortened
    /// meanwhile (replacing or deleting it is fine). The checksums of a PyTorch file's weights are verified only where they are read, not where they are
    /// mapped; compressed members and the format before PyTorch 1.6 are always read.
    /// </remarks>
    /// <param name="path">The file.</param>
    /// <returns>Its tensors, on the CPU, with the data types of the file, in its order. The caller disposes them.</returns>
    /// <exception cref="CheckpointException">The file cannot be read, is damaged or hostile, or has an unknown format.</exception>
    /// <example>
    /// <code>
    /// using var weights = StateDictionary.Read("model.ckpt");
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

    /// <summary>Adds a tensor and takes ownership of it.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="tensor">The tensor; the dictionary disposes it from now on.</param>
    /// <exception cref="ArgumentException">The key exists already; the caller still owns the tensor.</exception>
    public void Add(string key, Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(tensor);
        if (!tensors.TryAdd(key, tensor))
            throw new ArgumentException($"The key '{key}' exists already.", nameof(key));
        tensor.DetachFromDisposeScope();
    }

    /// <summary>Selects the tensors under a prefix and strips it: <c>"first_stage_model."</c> gives the first stage's own keys.</summary>
    /// <param name="prefix">The prefix, with its dot.</param>
    /// <returns>A dictionary that shares the memory of the tensors and is disposed by the caller, in any order.</returns>
    public StateDictionary Select(string prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        return Rename(key => key.StartsWith(prefix, StringComparison.Ordinal) ? key[prefix.Length..] : null);
    }

    /// <summary>Renames the tensors.</summary>
    /// <param name="rename">The new key for a key, or null to leave the tensor out.</param>
    /// <returns>A dictionary that shares the memory of the tensors and is disposed by the caller, in any order.</returns>
    /// <exception cref="ArgumentException">Two tensors get the same key.</exception>
    public StateDictionary Rename(Func<string, string?> rename)
    {
        ArgumentNullException.ThrowIfNull(rename);
        var result = new StateDictionary(Metadata);
        try
        {
            foreach (var (key, tensor) in tensors)
            {
                if (rename(key) is { } name)
                    result.AddAlias(name, tensor);
            }
            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }

    /// <summary>Copies the tensors into the parameters and buffers of the same names, converted to the module's data types and devices.</summary>
    /// <param name="module">The module, such as a U-Net made from its configuration.</param>
    /// <param name="source">What error messages call these weights, usually the file.</param>
    /// <param name="optionalPrefixes">
    /// Prefixes of keys that one side may lack, such as <c>"loss."</c>: these are reported, but are not an error. Shapes must agree everywhere.
    /// </param>
    /// <returns>What was missing or unexpected below the optional prefixes.</returns>
    /// <exception cref="CheckpointException">Keys or shapes do not agree; the message lists them, and the module is unchanged.</exception>
    /// <example>
    /// <code>
    /// using var file = StateDictionary.Read("sd-v1-4.ckpt");
    /// using var weights = file.Select("model.diffusion_model.");
    /// using var unet = new UNet(UNetConfig.StableDiffusion1);
    /// weights.LoadInto(unet, "sd-v1-4.ckpt");
    /// </code>
    /// </example>
    public LoadReport LoadInto(nn.Module module, string source, params string[] optionalPrefixes) =>
        ModuleWeights.Load(module, this, source, optionalPrefixes);

    /// <inheritdoc/>
    public bool ContainsKey(string key) => tensors.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out Tensor value) => tensors.TryGetValue(key, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, Tensor>> GetEnumerator() => tensors.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Frees the tensors.</summary>
    public void Dispose()
    {
        foreach (var tensor in tensors.Values)
            tensor.Dispose();
        tensors.Clear();
    }

    private void AddAlias(string key, Tensor tensor)
    {
        if (ContainsKey(key))
            throw new ArgumentException($"Two tensors get the key '{key}'.");
        Add(key, tensor.alias());
    }
}
