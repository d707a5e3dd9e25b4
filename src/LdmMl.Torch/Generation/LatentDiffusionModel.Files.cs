using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.Diffusers;
using LdmMl.Torch.Generation.Storage;
using LdmMl.Torch.Models;

namespace LdmMl.Torch.Generation;

/// <content>Opening and writing files.</content>
public sealed partial class LatentDiffusionModel
{
    /// <summary>
    /// Opens a model: a folder in diffusers' layout, or a CompVis checkpoint with its YAML. Of a model that is told texts only the diffusion model is
    /// opened; what its text encoder makes of a text is given to <see cref="Generate"/> as <see cref="GenerationBatch.Context"/>.
    /// </summary>
    /// <param name="path">The folder or file.</param>
    /// <param name="options">How to open it; null for the defaults.</param>
    /// <returns>The model, on the CPU in float32.</returns>
    /// <exception cref="CheckpointException">Something is missing, damaged or not supported; the message names the file and what to do.</exception>
    public static LatentDiffusionModel Load(string path, LatentDiffusionLoadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        path = InstalledModels.Resolve(path, InstalledModelKind.Diffusion);
        options ??= new LatentDiffusionLoadOptions();
        using var stored = ModelLocation.Read(path, options);
        return Open(stored.With(options));
    }

    /// <summary>
    /// Writes a folder in diffusers' layout: <c>model_index.json</c>, and <c>vae/</c>, <c>unet/</c> and <c>scheduler/</c> with configurations
    /// and weights. What diffusers has no key for, such as the names of labels, stands in <c>model_index.json</c> under <c>_ldmml</c>.
    /// </summary>
    /// <param name="folder">The folder. A new one appears whole or not at all; in one that exists each file is replaced whole.</param>
    /// <param name="format">The number format of the weights.</param>
    /// <exception cref="ArgumentException">A weight is too large for the format.</exception>
    public void Save(string folder, StorageFormat format = StorageFormat.Float32)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        AtomicFolder.Write(folder, target => Write(
            (name, write) =>
            {
                var path = Path.Combine(target, name);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                AtomicFile.Write(path, write);
            },
            format));
    }

    /// <summary>Computes what tells these weights from all others, whatever files they came from.</summary>
    /// <returns>The SHA-256 of the weights of both networks, as they would be written, in small hexadecimal digits.</returns>
    public string ComputeWeightHash() => WeightHash.Of(hash => Write((name, write) =>
    {
        if (name.EndsWith(".safetensors", StringComparison.Ordinal))
            write(hash);
    }));

    /// <summary>Opens the files that <see cref="Write"/> wrote.</summary>
    /// <param name="readFile">Opens a file by its name, hands the stream to the reader, and closes it.</param>
    /// <param name="source">What messages call the container.</param>
    internal static LatentDiffusionModel Read(Action<string, Action<Stream>> readFile, string source)
    {
        using var stored = ModelReading.Read(new StreamFiles(readFile, source));
        return Open(stored);
    }

    /// <summary>Writes the files of the folder to streams; which there are depends on the model.</summary>
    /// <param name="writeFile">Opens a file of the name given, hands the stream to the writer, and closes it.</param>
    /// <param name="format">The number format of the weights.</param>
    internal void Write(Action<string, Action<Stream>> writeFile, StorageFormat format = StorageFormat.Float32) =>
        handle.HoldWeights(network => ModelWriting.Write(Config, (DenoisingNetwork)network, Autoencoder, format, writeFile));

    private static LatentDiffusionModel Open(StoredModel stored)
    {
        var network = Build(stored);
        try
        {
            var report = ModuleWeights.Load(network.UNet, stored.UNet, stored.Source);
            if (network.LabelTokens is not null)
                ModuleWeights.Load(network.LabelTokens, stored.LabelTokens!, stored.Source);
            report = report with { WeightSource = stored.WeightSource, Unexpected = [.. report.Unexpected, .. stored.Unused], Notes = stored.Notes };
            return Own(network, stored.Autoencoder.Share(), stored.Config, stored.Source, report);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    private static DenoisingNetwork Build(StoredModel stored)
    {
        try
        {
            stored.Config.Validate(stored.Autoencoder.Config);
            return DenoisingFactory.Build(stored.Config);
        }
        catch (ArgumentException error)
        {
            throw new CheckpointException(stored.Source, error.Message, error);
        }
    }
}
