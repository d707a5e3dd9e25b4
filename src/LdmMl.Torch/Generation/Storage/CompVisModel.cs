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
            throw new CheckpointException(path, $"it holds no diffusion model: no key begins with '{CompVisKeys.Network}'. "
                + $"An autoencoder alone is opened by {nameof(AutoencoderModel)}.{nameof(AutoencoderModel.Load)}.");
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
        var (config, conditionStage) = CheckpointDoor.Open(yaml, () => CompVisDiffusion.Read(description));
        var (unet, taken) = UNetWeightChoice.Choose(config, file, options.WeightSource, path);
        var hasTokens = config.Conditioning is LabelConditioning { Input: LabelInput.ContextToken };
        var text = config.Conditioning.CrossAttention is not null && options.OpenTextEncoder
            ? CheckpointDoor.Open(yaml, () => new CompVisText(path, file, options.Text).Open((description.Map("model") ?? description).NeededMap("params")))
            : null;
        return new LatentDiffusionCheckpoint(config, autoencoder, unet, hasTokens ? file.Select(LabelTokens) : null, path)
        {
            WeightSource = taken,
            Text = text,
            Unused = [.. file.Keys.Where(key => !DiffusionKeys.AreKnown(key) && !(hasTokens && IsOfTokens(key)) && !(text is not null && IsOfText(key)))],
            Notes = ContextNote.For(config.Conditioning, text, conditionStage),
        };
    }

    private static bool IsOfText(string key) => key.StartsWith(CompVisText.Prefix, StringComparison.Ordinal);

    private static bool IsOfTokens(string key) => key.StartsWith(LabelTokens, StringComparison.Ordinal);
}
