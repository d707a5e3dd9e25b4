using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.Diffusers;
using LdmMl.Torch.Models.Autoencoders;

namespace LdmMl.Torch.Generation.Storage;

/// <summary>Writes a model's files: weights first, and last the index by which the folder is known as a model.</summary>
internal static class ModelWriting
{
    /// <param name="config">What to write.</param>
    /// <param name="network">Its weights.</param>
    /// <param name="autoencoder">Its first stage.</param>
    /// <param name="format">The number format of the weights.</param>
    /// <param name="writeFile">Writes a file of the name given.</param>
    public static void Write(
        LatentDiffusionConfig config, DenoisingNetwork network, AutoencoderModel autoencoder, StorageFormat format, Action<string, Action<Stream>> writeFile)
    {
        using var unet = UNetFiles.Weights(config.UNet, network.UNet, format);
        writeFile(ModelFileNames.Weights(ModelFileNames.UNet), stream => DiffusersFolder.WriteWeights(stream, unet));
        if (network.LabelTokens is { } tokens)
        {
            using var own = new StateDictionary();
            foreach (var (key, tensor) in tokens.state_dict())
                own.Add(key, tensor.alias());
            using var stored = StoredWeights.Convert(own, format);
            writeFile(ModelFileNames.Weights(ModelFileNames.LabelTokens), stream => DiffusersFolder.WriteWeights(stream, stored));
        }

        using var autoencoderConfig = new MemoryStream();
        writeFile(ModelFileNames.Weights(DiffusersFolder.AutoencoderName), stream => autoencoder.Write(autoencoderConfig, stream, format));
        writeFile(
            ModelFileNames.Config(DiffusersFolder.AutoencoderName), stream => stream.Write(autoencoderConfig.GetBuffer(), 0, (int)autoencoderConfig.Length));
        WriteConfigs(config, autoencoder, writeFile);
    }

    private static void WriteConfigs(LatentDiffusionConfig config, AutoencoderModel autoencoder, Action<string, Action<Stream>> writeFile)
    {
        var components = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [DiffusersFolder.AutoencoderName] = autoencoder.PythonClass,
            [ModelFileNames.UNet] = UNetFiles.PythonClass(config.UNet),
            ["scheduler"] = SchedulerFiles.PythonClass(config.Sampling),
        };
        writeFile(ModelFileNames.Config(ModelFileNames.UNet), stream => UNetFiles.WriteConfig(stream, config));
        writeFile(ModelFileNames.Scheduler, stream => SchedulerFiles.Write(stream, config));
        var index = new ModelIndex("DiffusionPipeline", components, ConditioningExtras.Of(config));
        writeFile(ModelFileNames.Index, stream => DiffusersJson.WriteModelIndex(stream, index));
    }
}
