using LdmMl.Torch.Arguments;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.CompVis;
using LdmMl.Torch.Checkpoints.Configs;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Autoencoders.Storage;
using LdmMl.Torch.Models.Text;
using LdmMl.Torch.Models.UNets;
using static TorchSharp.torch;

namespace LdmMl.Torch.Generation.Storage;

/// <summary>A whole latent diffusion model in CompVis' format: one checkpoint and the YAML that describes it.</summary>
internal static class CompVisModel
{
    private const string LabelTokens = "cond_stage_model.embedding.";

    // The averages have keys of the wrapper around the U-Net.
    private const string Wrapper = "diffusion_model.";

    /// <summary>Reads the model.</summary>
    /// <exception cref="CheckpointException">A file is missing, damaged, or describes something that this library does not support.</exception>
    public static LatentDiffusionCheckpoint Read(string path, LatentDiffusionLoadOptions options)
    {
        using var read = StateDictionary.Read(path);
        using var file = KeyPrefixes.Strip(read);
        if (!file.Keys.Any(key => key.StartsWith(CompVisKeys.Network, StringComparison.Ordinal)))
        {
            throw WordedException.Of(
                $"it contains no diffusion model: no key begins with '{CompVisKeys.Network}'."
                + $"{Wording.ForCode($" Open a separate autoencoder with {nameof(AutoencoderModel)}.{nameof(AutoencoderModel.Load)}.")}",
                reason => new CheckpointException(path, reason));
        }

        var found = options.ConfigPath ?? CompVisFiles.FindYamlOrNull(path);
        var known = found is null ? KnownCheckpoints.Describe(path, file) : null;
        var yaml = known is null ? found ?? CompVisFiles.FindYaml(path) : path;
        var description = known ?? CompVisFiles.ReadYaml(yaml);
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
        var text = OpenText(path, file, yaml, description, config, options);
        try
        {
            using var averages = MovingAverages.Find(file, () => ParameterNames(config, path), options.WeightSource, "U-Net", path);
            var unet = averages?.Select(Wrapper) ?? file.Select(CompVisKeys.Network);
            var hasTokens = config.Conditioning is LabelConditioning { Input: LabelInput.ContextToken };
            return new LatentDiffusionCheckpoint(config, autoencoder, unet, hasTokens ? file.Select(LabelTokens) : null, path)
            {
                WeightSource = averages is null ? WeightSource.Trained : WeightSource.MovingAverage,
                Text = text,
                Unused = [.. file.Keys.Where(key => !IsUsed(key))],
                Notes = ContextNote.For(config.Conditioning, text, conditionStage),
            };
        }
        catch
        {
            text?.Dispose();
            throw;
        }

        // Where no YAML was read, the marks among the keys were.
        bool IsUsed(string key) => DiffusionKeys.AreKnown(key) || (yaml == path && KnownCheckpoints.IsMark(key))
            || (config.Conditioning is LabelConditioning { Input: LabelInput.ContextToken } && IsOfTokens(key))
            || (text is not null && CompVisTextStage.Owns(key));
    }

    private static TextEncoderModel? OpenText(
        string path, StateDictionary file, string yaml, ConfigMap description, LatentDiffusionConfig config, LatentDiffusionLoadOptions options)
    {
        if (config.Conditioning.CrossAttention is null || !options.OpenTextEncoder)
            return null;
        var parameters = (description.Map("model") ?? description).Map("params");
        return CheckpointErrors.Translate(yaml, () => new CompVisText(path, file, options.Text).Open(parameters!));
    }

    private static string[] ParameterNames(LatentDiffusionConfig config, string path)
    {
        try
        {
            using var shape = UNetFactory.Build(config.UNet, META);
            return [.. shape.named_parameters().Select(parameter => Wrapper + parameter.name)];
        }
        catch (ArgumentException error)
        {
            throw new CheckpointException(path, error.Message, error);
        }
    }

    private static bool IsOfTokens(string key) => key.StartsWith(LabelTokens, StringComparison.Ordinal);
}
