using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.Diffusers;
using LdmMl.Torch.Models.Autoencoders;

namespace LdmMl.Torch.Generation.Storage;

/// <summary>Reads a model's files in diffusers' layout.</summary>
internal static class ModelReading
{
    /// <exception cref="CheckpointException">A file is missing, damaged or describes something that this library does not have.</exception>
    public static StoredModel Read(IModelFiles files)
    {
        var index = files.ReadConfig(ModelFileNames.Index, DiffusersJson.ReadModelIndex);
        var autoencoder = files.OpenAutoencoder();
        var weights = new List<StateDictionary>();
        try
        {
            var config = ReadConfig(files, index, autoencoder.Config);
            using (var stored = files.ReadWeights(ModelFileNames.UNet))
                weights.Add(UNetFiles.ToCompVis(config.UNet, stored));
            if (config.Conditioning is LabelConditioning { Input: LabelInput.ContextToken })
                weights.Add(files.ReadWeights(ModelFileNames.LabelTokens));
            return new StoredModel(config, autoencoder, weights[0], weights.ElementAtOrDefault(1), files.Source);
        }
        catch
        {
            weights.ForEach(part => part.Dispose());
            autoencoder.Dispose();
            throw;
        }
    }

    private static LatentDiffusionConfig ReadConfig(IModelFiles files, ModelIndex index, AutoencoderConfig autoencoder)
    {
        var unet = files.ReadConfig(ModelFileNames.Config(ModelFileNames.UNet), UNetFiles.ReadConfig);
        var (schedule, prediction, sampling) = files.ReadConfig(ModelFileNames.Scheduler, SchedulerFiles.Read);
        return CheckpointDoor.Open(files.Source, () => new LatentDiffusionConfig
        {
            UNet = unet,
            Schedule = schedule,
            Prediction = prediction,
            Sampling = sampling,
            Conditioning = ConditioningExtras.Read(index.Extras, unet, autoencoder),
            LatentHeight = index.Extras?.LatentHeight ?? 64,
            LatentWidth = index.Extras?.LatentWidth ?? 64,
        });
    }
}
