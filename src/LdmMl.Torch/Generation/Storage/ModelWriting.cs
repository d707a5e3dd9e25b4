using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.Diffusers;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Diffusion.Schedulers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Text;
using LdmMl.Torch.Models.UNets.Storage;
using static TorchSharp.torch;

namespace LdmMl.Torch.Generation.Storage;

/// <summary>Writes a model's files: the weights first, and last the index that marks the folder as a model.</summary>
internal static class ModelWriting
{
    /// <param name="config">The model's config.</param>
    /// <param name="network">Its weights.</param>
    /// <param name="autoencoder">Its first stage.</param>
    /// <param name="text">Its text encoder; null if it has none.</param>
    /// <param name="format">The number format of the weights.</param>
    /// <param name="largest">The largest file of weights in bytes, except for those of the first stage; null for no limit.</param>
    /// <param name="writeFile">Writes a file with the given name.</param>
    public static void Write(
        LatentDiffusionConfig config, DenoisingNetwork network, AutoencoderModel autoencoder, TextEncoderModel? text, StorageFormat format,
        long? largest, Action<string, Action<Stream>> writeFile)
    {
        using var noGradient = no_grad();
        using (var unet = UNetFiles.Weights(network.UNet))
            WriteWeights(ModelFileNames.UNet, unet, format, largest, writeFile);
        if (network.LabelTokens is { } tokens)
        {
            using var own = new StateDictionary();
            foreach (var (key, tensor) in tokens.state_dict())
                own.Add(key, tensor.alias());
            WriteWeights(ModelFileNames.LabelTokens, own, format, largest, writeFile);
        }

        text?.Write(writeFile, format, largest);
        var pipeline = PipelineClass.Of(config, autoencoder.Config, text);
        var firstStage = PipelineClass.AutoencoderFolder(pipeline);
        using var autoencoderConfig = new MemoryStream();
        writeFile(ModelFileNames.Weights(firstStage), stream => autoencoder.Write(autoencoderConfig, stream, format));
        writeFile(ModelFileNames.Config(firstStage), stream => stream.Write(autoencoderConfig.GetBuffer(), 0, (int)autoencoderConfig.Length));
        WriteConfigs(config, autoencoder, text, pipeline, writeFile);
    }

    private static void WriteWeights(
        string component, StateDictionary weights, StorageFormat format, long? largest, Action<string, Action<Stream>> writeFile)
    {
        using var stored = StoredWeights.Convert(weights, format);
        WeightShards.Write(ModelFileNames.Weights(component), stored, largest, writeFile);
    }

    private static void WriteConfigs(
        LatentDiffusionConfig config, AutoencoderModel autoencoder, TextEncoderModel? text, string pipeline,
        Action<string, Action<Stream>> writeFile)
    {
        var scheduler = new DiffusersScheduler(config.Schedule, config.Prediction, config.Sampling);
        var components = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [PipelineClass.AutoencoderFolder(pipeline)] = autoencoder.PythonClass,
            [ModelFileNames.UNet] = UNetFiles.PythonClass(config.UNet),
            ["scheduler"] = scheduler.ClassName,
        };
        var extras = ConditioningExtras.Write(config.Conditioning);
        text?.Describe(components, extras);
        writeFile(
            ModelFileNames.Config(ModelFileNames.UNet),
            stream => UNetFiles.WriteConfig(stream, config.UNet, config.LatentHeight, config.LatentWidth));
        if ((config.Conditioning as ConcatenatedConditioning)?.Noise is { } noise)
        {
            // This schedule only adds noise, so the prediction type does not matter; epsilon would be refused with zero terminal SNR.
            var predicted = noise.Schedule.ZeroTerminalSnr ? Prediction.Velocity : Prediction.Epsilon;
            var added = new DiffusersScheduler(noise.Schedule, predicted, new SamplingSettings { Sampler = new DdpmSampler() });
            components[ModelFileNames.NoiseScheduler] = added.ClassName;
            writeFile(ModelFileNames.SchedulerOf(ModelFileNames.NoiseScheduler), added.Write);
        }

        writeFile(ModelFileNames.Scheduler, scheduler.Write);
        var index = new ModelIndex(pipeline, components, extras)
        {
            Absent = PipelineClass.Absent(pipeline).Except(components.Keys),
            Options = PipelineClass.Options(pipeline, config.Conditioning),
        };
        writeFile(ModelFileNames.Index, index.Write);
    }
}
