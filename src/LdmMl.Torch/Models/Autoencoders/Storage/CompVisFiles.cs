using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.CompVis;
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
    /// <param name="configPath">The YAML, or null for one beside the checkpoint.</param>
    public static StoredAutoencoder Read(string path, StateDictionary file, string? configPath)
    {
        var yaml = configPath ?? FindYaml(path);
        var stage = CompVisYaml.ReadFirstStage(yaml);
        using var own = file.Keys.Any(key => key.StartsWith(CompVisKeys.FirstStage, StringComparison.Ordinal))
            ? file.Select(CompVisKeys.FirstStage)
            : file.Rename(key => key);
        var weights = AutoencoderWeightsOf(path, own);
        try
        {
            var used = weights.TryGetValue(UsedEntries, out var buffer) ? (int)buffer.numel() : 0;
            var config = CheckpointDoor.Open(yaml, () => CompVisMapping.ToConfig(stage, used));

            // A model whose scale was measured in training (scale_by_std) keeps it among its buffers.
            if (file.TryGetValue(Scale, out var measured) && measured.numel() == 1)
                config = config with { LatentScale = Value(measured) };
            return new StoredAutoencoder(config, weights, path);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    private static StateDictionary AutoencoderWeightsOf(string path, StateDictionary own) =>
        CheckpointDoor.Open(path, () => Checkpoints.Diffusers.AutoencoderWeights.ToCompVis(own));

    private static double Value(Tensor scalar)
    {
        using var scope = NewDisposeScope();
        return scalar.to(ScalarType.Float32).Read<float>();
    }

    /// <summary>Finds the YAML beside a checkpoint.</summary>
    /// <exception cref="CheckpointException">There is none.</exception>
    public static string FindYaml(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var name = Path.GetFileNameWithoutExtension(path);
        string[] names = [$"{name}.yaml", $"{name}.yml", "config.yaml", "project.yaml"];
        return names.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
            ?? throw new CheckpointException(
                path, $"a CompVis checkpoint does not say what it is of; looked beside it for {string.Join(", ", names)}. " +
                $"Put its YAML there, unless it is no autoencoder or diffusion model; " +
                $"a program can name it in {nameof(AutoencoderLoadOptions)}.{nameof(AutoencoderLoadOptions.ConfigPath)} instead.");
    }
}
