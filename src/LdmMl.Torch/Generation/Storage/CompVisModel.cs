using LdmMl.Torch.Arguments;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.CompVis;
using LdmMl.Torch.Checkpoints.Configs;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Autoencoders.Storage;

namespace LdmMl.Torch.Generation.Storage;

/// <summary>A whole latent diffusion model in CompVis' form: one checkpoint and the YAML that describes it.</summary>
internal static class CompVisModel
{
    private const string LabelTokens = "cond_stage_model.embedding.";

    /// <summary>Reads the model.</summary>
    /// <exception cref="CheckpointException">A file is missing, damaged, or describes something that this library does not have.</exception>
    public static LatentDiffusionCheckpoint Read(string path, LatentDiffusionLoadOptions options)
    {
        using var read = CheckpointFile.Read(path);
        using var file = KeyPrefixes.Strip(read);
        if (!file.Keys.Any(key => key.StartsWith(CompVisKeys.Network, StringComparison.Ordinal)))
        {
            throw WordedException.Of(
                $"it holds no diffusion model: no key begins with '{CompVisKeys.Network}'."
                + $"{Wording.ForCode($" An autoencoder alone is opened by {nameof(AutoencoderModel)}.{nameof(AutoencoderModel.Load)}.")}",
                reason => new CheckpointException(path, reason));
        }

        var yaml = options.ConfigPath ?? CompVisFiles.FindYaml(path);
        var description = CompVisFiles.ReadYaml(yaml);
        var autoencoder = OpenFirstStage(path, file, yaml, description);
        try
        {
            return Read(path, file, yaml, description, autoencoder, options);
        }
        catch
        {
            autoencoder.Dispose();
            throw;
        }
    }

    private static AutoencoderModel OpenFirstStage(string path, StateDictionary file, string yaml, ConfigMap description)
    {
        using var stored = CompVisFiles.Read(path, file, yaml, description);
        return AutoencoderModel.Open(stored, WeightSource.Trained);
    }

    private static LatentDiffusionCheckpoint Read(
        string path, StateDictionary file, string yaml, ConfigMap description, AutoencoderModel autoencoder, LatentDiffusionLoadOptions options)
    {
        var (config, conditionStage) = CheckpointErrors.Translate(yaml, () => CompVisDiffusion.Read(description));
        var (unet, taken) = UNetWeightChoice.Choose(config, file, options.WeightSource, path);
        var hasTokens = config.Conditioning is LabelConditioning { Input: LabelInput.ContextToken };
        return new LatentDiffusionCheckpoint(config, autoencoder, unet, hasTokens ? file.Select(LabelTokens) : null, path)
        {
            WeightSource = taken,
            Unused = [.. file.Keys.Where(key => !DiffusionKeys.AreKnown(key) && !(hasTokens && IsOfTokens(key)))],
            Notes = ContextNote.For(config.Conditioning, conditionStage),
        };
    }

    private static bool IsOfTokens(string key) => key.StartsWith(LabelTokens, StringComparison.Ordinal);
}
