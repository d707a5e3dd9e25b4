using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Checkpoints.Configs;
using LdmMl.Torch.Checkpoints.Diffusers;
using LdmMl.Torch.Diffusion.Schedulers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Text;
using LdmMl.Torch.Models.Text.Storage;
using LdmMl.Torch.Models.UNets.Storage;

namespace LdmMl.Torch.Generation.Storage;

/// <summary>Reads a model's files in diffusers' layout.</summary>
internal static class ModelReading
{
    // The size of most published models, for files that do not say.
    private const int UsualSide = 64;

    /// <exception cref="CheckpointException">A file is missing, damaged or describes something that this library does not support.</exception>
    public static LatentDiffusionCheckpoint Read(IModelFiles files, LatentDiffusionLoadOptions? options = null)
    {
        options ??= new LatentDiffusionLoadOptions();
        var index = files.ReadConfig(ModelFileNames.Index, ModelIndex.Read);
        var autoencoder = files.OpenAutoencoder(index.AutoencoderFolder);
        var weights = new List<StateDictionary>();
        TextEncoderModel? text = null;
        try
        {
            var config = ReadConfig(files, index, autoencoder.Config);
            using (var stored = files.ReadWeights(ModelFileNames.UNet))
                weights.Add(CheckpointErrors.Translate(files.Source, () => ToCompVis(config.UNet, stored)));
            if (config.Conditioning is LabelConditioning { Input: LabelInput.ContextToken })
                weights.Add(files.ReadWeights(ModelFileNames.LabelTokens));
            text = OpenText(files, index, options);
            return new LatentDiffusionCheckpoint(config, autoencoder, weights[0], weights.ElementAtOrDefault(1), files.Source)
            {
                Text = text,
                History = CheckpointErrors.Translate(files.Source, () => ModelHistory.Read(index.Extras)),
                Notes = ContextNote.For(config.Conditioning, text, TextEncoderOf(index)),
            };
        }
        catch
        {
            weights.ForEach(part => part.Dispose());
            autoencoder.Dispose();
            text?.Dispose();
            throw;
        }
    }

    private static TextEncoderModel? OpenText(IModelFiles files, ModelIndex index, LatentDiffusionLoadOptions options)
    {
        if (!options.OpenTextEncoder || !TextEncoderReading.PartsOf(index).All(files.Has))
            return null;
        using var stored = TextEncoderReading.Read(files, index, options.Text);
        return stored is null ? null : TextEncoderModel.Open(stored);
    }

    private static StateDictionary ToCompVis(UNetConfig config, StateDictionary weights)
    {
        using var bare = KeyPrefixes.Strip(weights);
        return UNetWeights.ToCompVis(config, bare);
    }

    private static NoiseAugmentation? NoiseOf(IModelFiles files, ModelIndex index, UNetConfig unet)
    {
        if (!index.Components.ContainsKey(ModelFileNames.NoiseScheduler) || unet.LabelCount is not { } levels)
            return null;
        var added = files.ReadConfig(ModelFileNames.SchedulerOf(ModelFileNames.NoiseScheduler), DiffusersScheduler.Read);
        var noise = new NoiseAugmentation { Levels = levels, Schedule = added.Schedule };
        return index.Number(PipelineClass.MaximumNoiseKey) is { } maximum ? noise with { Maximum = maximum } : noise;
    }

    private static string? TextEncoderOf(ModelIndex index) =>
        TextEncoderReading.PartsOf(index).Select(name => index.Components[name]).FirstOrDefault();

    private static LatentDiffusionConfig ReadConfig(IModelFiles files, ModelIndex index, AutoencoderConfig autoencoder)
    {
        var (unet, height, width) = files.ReadConfig(ModelFileNames.Config(ModelFileNames.UNet), UNetFiles.ReadConfig);
        var (schedule, prediction, sampling) = files.ReadConfig(ModelFileNames.Scheduler, DiffusersScheduler.Read);
        return CheckpointErrors.Translate(files.Source, () => new LatentDiffusionConfig
        {
            UNet = unet,
            Schedule = schedule,
            Prediction = prediction,
            Sampling = sampling,
            Conditioning = ConditioningExtras.Read(index.Extras is null ? null : new ConfigMap(index.Extras, ModelIndex.ExtrasKey), unet, autoencoder, NoiseOf(files, index, unet), index.Flag(PipelineClass.ZeroKey)),
            LatentHeight = height ?? UsualSide,
            LatentWidth = width ?? UsualSide,
        });
    }
}
