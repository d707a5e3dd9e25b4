using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.CompVis;
using LdmMl.Torch.Checkpoints.Configs;
using LdmMl.Torch.Checkpoints.Diffusers;

namespace LdmMl.Torch.Models.Autoencoders.Storage;

/// <summary>Detects what a path holds by its content, not by its extension.</summary>
internal static class AutoencoderFiles
{
    private const string SuperResolutionPipeline = "LDMSuperResolutionPipeline";

    /// <summary>Reads the autoencoder that a file or a folder holds.</summary>
    /// <exception cref="CheckpointException">There is none, or it cannot be read.</exception>
    public static AutoencoderCheckpoint Read(string path, AutoencoderLoadOptions options)
    {
        if (Directory.Exists(path))
            return ReadFolder(path, options);
        if (File.Exists(path))
            return ReadFile(path, options);
        throw InstalledModels.Missing(path, InstalledModelKind.Autoencoder);
    }

    /// <summary>Combines a diffusers config with its weights.</summary>
    /// <param name="config">The content of <c>config.json</c>.</param>
    /// <param name="weights">The weights in any naming scheme; disposed here.</param>
    /// <param name="source">Their name in messages.</param>
    public static AutoencoderCheckpoint FromDiffusers(ConfigMap config, StateDictionary weights, string source)
    {
        using (weights)
        {
            return CheckpointErrors.Translate(source, () =>
            {
                using var bare = KeyPrefixes.Strip(weights);
                var own = DiffusersAutoencoderReading.IsTiny(config) ? bare.Rename(TinyKeyMap.ToTaesd) : AutoencoderWeights.ToCompVis(bare);
                try
                {
                    return new AutoencoderCheckpoint(DiffusersAutoencoderReading.ToConfig(config, own), own, source);
                }
                catch
                {
                    own.Dispose();
                    throw;
                }
            });
        }
    }

    private static AutoencoderCheckpoint ReadFolder(string folder, AutoencoderLoadOptions options)
    {
        if (DiffusersFolder.FindAutoencoder(folder) is { } own)
        {
            var config = DiffusersFolder.ReadConfig(own);
            return Rescaled(FromDiffusers(config, DiffusersFolder.ReadWeights(own), folder), folder);
        }

        var encoders = TinyFiles.FindEncoders(folder);
        var files = encoders.Length > 0 ? encoders : CheckpointFormats.FilesIn(folder);
        return files switch
        {
            [var only] => ReadFile(only, options),
            [] => throw new CheckpointException(folder, "the folder holds no autoencoder: " +
                "neither config.json (its own or that of vae/), nor encoder and decoder of a tiny one, nor a checkpoint."),
            _ => throw new CheckpointException(folder,
                $"the folder holds several autoencoders: {string.Join(", ", files.Select(Path.GetFileName))}. Name the file."),
        };
    }

    // This pipeline decodes latents without scaling, whatever its autoencoder's config says.
    private static AutoencoderCheckpoint Rescaled(AutoencoderCheckpoint checkpoint, string folder) =>
        DiffusersFolder.HasIndex(folder) && DiffusersFolder.ReadIndex(folder).PythonClass == SuperResolutionPipeline
            ? checkpoint with { Config = checkpoint.Config with { LatentScale = 1, LatentShift = 0 } }
            : checkpoint;

    private static AutoencoderCheckpoint ReadFile(string path, AutoencoderLoadOptions options)
    {
        using var read = StateDictionary.Read(path);
        using var file = KeyPrefixes.Strip(read);
        if (TinyFiles.AreKeys(file.Keys))
            return TinyFiles.Read(path);
        if (options.ConfigPath is null && AutoencoderKeyMap.IsDiffusers(file.Keys) && !file.Keys.Any(IsOfWholeModel))
        {
            var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            if (File.Exists(Path.Combine(folder, DiffusersFolder.ConfigName)))
                return FromDiffusers(DiffusersFolder.ReadConfig(folder), file.Rename(key => key), path);
            if (CompVisFiles.FindYamlOrNull(path) is null)
            {
                throw new CheckpointException(
                    path, $"its keys are those of a diffusers autoencoder, but its config is not next to it. Put its {DiffusersFolder.ConfigName} there.");
            }
        }

        return CompVisFiles.Read(path, file, options.ConfigPath);
    }

    private static bool IsOfWholeModel(string key) => key.StartsWith(CompVisKeys.FirstStage, StringComparison.Ordinal);
}
