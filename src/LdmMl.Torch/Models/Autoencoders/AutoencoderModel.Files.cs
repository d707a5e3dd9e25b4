using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.CompVis;
using LdmMl.Torch.Checkpoints.Diffusers;
using LdmMl.Torch.Models.Autoencoders.Storage;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Autoencoders;

/// <content>Opening and writing files.</content>
public sealed partial class AutoencoderModel
{
    /// <summary>
    /// Opens an autoencoder: a folder in diffusers' layout (its own or one with <c>vae/</c>), a CompVis checkpoint with its YAML (also a whole
    /// latent diffusion model, of which this is the first stage), or the two files of a tiny autoencoder (either of them, or their folder).
    /// </summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="options">How to open it; null for the defaults.</param>
    /// <returns>The model, on the CPU in float32.</returns>
    /// <exception cref="CheckpointException">Something is missing, damaged or not supported; the message names the file and what to do.</exception>
    public static AutoencoderModel Load(string path, AutoencoderLoadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        path = InstalledModels.Resolve(path, InstalledModelKind.Autoencoder);
        options ??= new AutoencoderLoadOptions();
        using var stored = AutoencoderFiles.Read(path, options);
        return Open(stored, options.WeightSource);
    }

    /// <summary>Opens the first stage of a whole CompVis model that was read already.</summary>
    internal static AutoencoderModel Load(string path, StateDictionary file, string yaml)
    {
        using var stored = CompVisFiles.Read(path, file, yaml);
        return Open(stored, WeightSource.Trained);
    }

    /// <summary>Opens the two files that <see cref="Write"/> wrote.</summary>
    internal static AutoencoderModel Read(Stream config, Stream weights, string source)
    {
        var description = CheckpointDoor.Open(source, () => DiffusersJson.ReadAutoencoder(config));
        using var stored = AutoencoderFiles.FromDiffusers(description, SafetensorsFile.Read(weights, source), source);
        return Open(stored, WeightSource.MovingAverageIfComplete);
    }

    /// <summary>Writes a folder in diffusers' layout: <c>model_index.json</c>, and <c>vae/</c> with <c>config.json</c> and weights.</summary>
    /// <param name="folder">The folder; made if it is not there.</param>
    public void Save(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        handle.HoldWeights(network =>
        {
            using var weights = DiffusersWriting.Weights(Config, network);
            DiffusersFolder.WriteAutoencoder(folder, DiffusersWriting.ToDiffusers(Config), weights);
        });
    }

    /// <summary>Computes what tells these weights from all others, whatever kind of file they came from.</summary>
    /// <returns>The SHA-256 of the weights file that <see cref="Save"/> writes, in small hexadecimal digits.</returns>
    public string ComputeWeightHash() => handle.HoldWeights(network =>
    {
        using var weights = DiffusersWriting.Weights(Config, network);
        return WeightHash.Of(stream => DiffusersFolder.WriteWeights(stream, weights));
    });

    /// <summary>Gets the Python class that diffusers opens the files with.</summary>
    internal string PythonClass => DiffusersWriting.ToDiffusers(Config).PythonClass;

    /// <summary>Writes the two files of <c>vae/</c> to streams; the weights in the number format that the network has, unless told otherwise.</summary>
    internal void Write(Stream config, Stream weights, StorageFormat? format = null) => handle.HoldWeights(network =>
    {
        using var renamed = DiffusersWriting.Weights(Config, network);
        using var stored = format is null ? renamed.Rename(key => key) : StoredWeights.Convert(renamed, format.Value);
        DiffusersJson.WriteAutoencoder(config, DiffusersWriting.ToDiffusers(Config) with { DiffusersVersion = DiffusersFolder.Version });
        DiffusersFolder.WriteWeights(weights, stored);
    });

    private static AutoencoderModel Open(StoredAutoencoder stored, WeightSource wanted)
    {
        var module = Build(stored);
        try
        {
            var (weights, taken) = WeightChoice.Choose(module, stored, wanted);
            using (weights)
            {
                var report = ModuleWeights.Load(module, weights, stored.Source, CompVisKeys.Loss, CompVisKeys.MovingAverage, "colorize");
                return Own(module, stored.Config, stored.Source, report with { WeightSource = taken });
            }
        }
        catch
        {
            module.Dispose();
            throw;
        }
    }

    private static nn.Module Build(StoredAutoencoder stored)
    {
        try
        {
            return NetworkFactory.Build(stored.Config);
        }
        catch (ArgumentException error)
        {
            throw new CheckpointException(stored.Source, error.Message, error);
        }
    }
}
