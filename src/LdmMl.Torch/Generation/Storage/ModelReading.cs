using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Checkpoints.Configs;
using LdmMl.Torch.Checkpoints.Diffusers;
using LdmMl.Torch.Diffusion.Schedulers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.UNets.Storage;

namespace LdmMl.Torch.Generation.Storage;

/// <summary>Reads a model's files in diffusers' layout.</summary>
internal static class ModelReading
{
    // The size of most published models; some files do not say.
    private const int UsualSide = 64;

    private static readonly string[] TextEncoders = ["text_encoder", "bert"];

    /// <exception cref="CheckpointException">A file is missing, damaged or describes something that this library does not have.</exception>
    public static LatentDiffusionCheckpoint Read(IModelFiles files)
    {
        var index = files.ReadConfig(ModelFileNames.Index, ModelIndex.Read);
        var autoencoder = files.OpenAutoencoder(index.AutoencoderFolder);
        var weights = new List<StateDictionary>();
        try
        {
            var config = ReadConfig(files, index, autoencoder.Config);
            using (var stored = files.ReadWeights(ModelFileNames.UNet))
                weights.Add(CheckpointErrors.Translate(files.Source, () => ToCompVis(config.UNet, stored)));
            if (config.Conditioning is LabelConditioning { Input: LabelInput.ContextToken })
                weights.Add(files.ReadWeights(ModelFileNames.LabelTokens));
            return new LatentDiffusionCheckpoint(config, autoencoder, weights[0], weights.ElementAtOrDefault(1), files.Source)
            {
                Notes = ContextNote.For(config.Conditioning, TextEncoderOf(index)),
            };
        }
        catch
        {
            weights.ForEach(part => part.Dispose());
            autoencoder.Dispose();
            throw;
        }
    }

    private static StateDictionary ToCompVis(UNetConfig config, StateDictionary weights)
    {
        using var bare = KeyPrefixes.Strip(weights);
        return UNetWeights.ToCompVis(config, bare);
    }

    private static string? TextEncoderOf(ModelIndex index) =>
        TextEncoders.Select(index.Components.GetValueOrDefault).FirstOrDefault(pythonClass => pythonClass is not null);

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
            Conditioning = ConditioningExtras.Read(index.Extras is null ? null : new ConfigMap(index.Extras, ModelIndex.ExtrasKey), unet, autoencoder),
            LatentHeight = height ?? UsualSide,
            LatentWidth = width ?? UsualSide,
        });
    }
}
