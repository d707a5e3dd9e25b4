using LdmMl.Torch.Arguments;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.CompVis;
using LdmMl.Torch.Checkpoints.Configs;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Autoencoders.Storage;

/// <summary>A CompVis checkpoint, of an autoencoder or of a whole latent diffusion model, and the YAML that describes it.</summary>
internal static class CompVisFiles
{
    private const string Scale = "scale_factor";
    private const string UsedEntries = "quantize.used";

    /// <summary>Reads the autoencoder.</summary>
    /// <param name="path">The checkpoint.</param>
    /// <param name="file">Its tensors.</param>
    /// <param name="configPath">The YAML, or null for one next to the checkpoint.</param>
    public static AutoencoderCheckpoint Read(string path, StateDictionary file, string? configPath)
    {
        var yaml = configPath ?? FindYaml(path);
        return Read(path, file, yaml, ReadYaml(yaml));
    }

    /// <summary>Reads the autoencoder of a YAML that is already open.</summary>
    /// <param name="path">The checkpoint.</param>
    /// <param name="file">Its tensors.</param>
    /// <param name="yaml">The YAML's name, for messages.</param>
    /// <param name="description">Its content.</param>
    public static AutoencoderCheckpoint Read(string path, StateDictionary file, string yaml, ConfigMap description)
    {
        var isPart = file.Keys.Any(key => key.StartsWith(CompVisKeys.FirstStage, StringComparison.Ordinal));
        if (!isPart && file.Keys.Any(key => key.StartsWith(CompVisKeys.Network, StringComparison.Ordinal)))
        {
            throw new CheckpointException(
                path, $"it holds a diffusion model without its first stage: no key begins with '{CompVisKeys.FirstStage}'. "
                + "Such a file was saved without the autoencoder; open one that has it.");
        }

        using var own = isPart ? file.Select(CompVisKeys.FirstStage) : file.Rename(key => key);
        var weights = AutoencoderWeightsOf(path, own);
        try
        {
            var used = weights.TryGetValue(UsedEntries, out var buffer) ? (int)buffer.numel() : 0;
            var config = CheckpointErrors.Translate(yaml, () => CompVisAutoencoder.Read(description, used));

            // A model whose scale was measured in training (scale_by_std) stores it among its buffers.
            if (file.TryGetValue(Scale, out var measured) && measured.numel() == 1)
                config = config with { LatentScale = Value(measured) };
            return new AutoencoderCheckpoint(config, weights, path);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <summary>Opens a YAML.</summary>
    /// <exception cref="CheckpointException">It cannot be read.</exception>
    public static ConfigMap ReadYaml(string path) => CheckpointErrors.Translate(path, () => YamlFile.Read(path));

    private static StateDictionary AutoencoderWeightsOf(string path, StateDictionary own) =>
        CheckpointErrors.Translate(path, () => Checkpoints.Diffusers.AutoencoderWeights.ToCompVis(own));

    private static double Value(Tensor scalar)
    {
        using var scope = NewDisposeScope();
        return scalar.to(ScalarType.Float32).Read<float>();
    }

    /// <summary>Finds the YAML next to a checkpoint.</summary>
    /// <exception cref="CheckpointException">There is none.</exception>
    public static string FindYaml(string path) => FindYamlOrNull(path) ?? throw WordedException.Of(
        $"a CompVis checkpoint does not describe its network; no YAML was found next to it as {string.Join(", ", YamlNames(path))}. "
        + $"Put its YAML there{Wording.ForCode($", or name it in {nameof(AutoencoderLoadOptions)}.{nameof(AutoencoderLoadOptions.ConfigPath)}")}, "
        + $"unless it is not an autoencoder or diffusion model.",
        reason => new CheckpointException(path, reason));

    /// <summary>Finds the YAML next to a checkpoint.</summary>
    /// <returns>Its path; null if there is none.</returns>
    public static string? FindYamlOrNull(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return YamlNames(path).Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }

    private static string[] YamlNames(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        return [$"{name}.yaml", $"{name}.yml", "config.yaml", "project.yaml"];
    }
}
