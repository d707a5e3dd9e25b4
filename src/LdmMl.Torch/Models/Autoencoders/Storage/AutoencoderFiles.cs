using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.Diffusers;

namespace LdmMl.Torch.Models.Autoencoders.Storage;

/// <summary>Finds out what a path holds, by its content and not by its extension.</summary>
internal static class AutoencoderFiles
{
    private static readonly string[] CheckpointExtensions = [".ckpt", ".safetensors", ".pt", ".pth", ".bin"];

    /// <summary>Reads the autoencoder that a file or a folder holds.</summary>
    /// <exception cref="CheckpointException">There is none, or it cannot be read.</exception>
    public static StoredAutoencoder Read(string path, AutoencoderLoadOptions options)
    {
        if (Directory.Exists(path))
            return ReadFolder(path, options);
        if (File.Exists(path))
            return ReadFile(path, options);
        throw new CheckpointException(path, "there is no such file or folder.");
    }

    /// <summary>Puts a diffusers config and its weights together.</summary>
    /// <param name="config">What <c>config.json</c> says.</param>
    /// <param name="weights">The weights in any naming; disposed here.</param>
    /// <param name="source">What messages call them.</param>
    public static StoredAutoencoder FromDiffusers(DiffusersAutoencoderConfig config, StateDictionary weights, string source)
    {
        using (weights)
        {
            return CheckpointDoor.Open(source, () =>
            {
                var own = config is DiffusersTinyConfig ? weights.Rename(TinyKeyMap.ToTaesd) : AutoencoderWeights.ToCompVis(weights);
                return new StoredAutoencoder(DiffusersReading.ToConfig(config, own), own, source);
            });
        }
    }

    private static StoredAutoencoder ReadFolder(string folder, AutoencoderLoadOptions options)
    {
        if (DiffusersFolder.FindAutoencoder(folder) is not null)
        {
            var (config, weights) = DiffusersFolder.ReadAutoencoder(folder);
            return FromDiffusers(config, weights, folder);
        }

        var encoders = TinyFiles.FindEncoders(folder);
        var checkpoints = Directory.EnumerateFiles(folder).Where(path => CheckpointExtensions.Contains(Path.GetExtension(path)));
        var files = encoders.Length > 0 ? encoders : [.. checkpoints.Order(StringComparer.Ordinal)];
        return files switch
        {
            [var only] => ReadFile(only, options),
            [] => throw new CheckpointException(folder, "the folder holds no autoencoder: " +
                "neither config.json (its own or that of vae/), nor encoder and decoder of a tiny one, nor a checkpoint."),
            _ => throw new CheckpointException(folder,
                $"the folder holds several autoencoders: {string.Join(", ", files.Select(Path.GetFileName))}. Name the file."),
        };
    }

    private static StoredAutoencoder ReadFile(string path, AutoencoderLoadOptions options)
    {
        using var file = CheckpointFile.Read(path);
        if (TinyFiles.AreKeys(file.Keys))
            return TinyFiles.Read(path);
        var config = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, DiffusersFolder.ConfigName);
        if (options.ConfigPath is null && AutoencoderKeyMap.IsDiffusers(file.Keys) && File.Exists(config))
            return FromDiffusers(DiffusersFolder.ReadConfig(config), file.Rename(key => key), path);
        return CompVisFiles.Read(path, file, options.ConfigPath);
    }
}
