using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.Diffusers;

namespace LdmMl.Torch.Generation.Storage;

/// <summary>Finds out what kind of model a path holds.</summary>
internal static class ModelLocation
{
    private static readonly string[] CheckpointExtensions = [".ckpt", ".safetensors", ".pt", ".pth", ".bin"];

    /// <summary>Reads the model that a file or a folder holds.</summary>
    /// <exception cref="CheckpointException">There is none, or it cannot be read.</exception>
    public static StoredModel Read(string path, LatentDiffusionLoadOptions options)
    {
        if (File.Exists(path))
            return CompVisModel.Read(path, options);
        if (!Directory.Exists(path))
            throw new CheckpointException(path, "there is no such file or folder.");
        if (DiffusersFolder.HasIndex(path))
        {
            return Directory.Exists(Path.Combine(path, ModelFileNames.UNet))
                ? ModelReading.Read(new FolderFiles(path))
                : throw new CheckpointException(
                    path, "the folder holds no U-Net; this is an autoencoder or another part, not a whole diffusion model.");
        }

        var checkpoints = Directory.EnumerateFiles(path)
            .Where(file => CheckpointExtensions.Contains(Path.GetExtension(file)))
            .Order(StringComparer.Ordinal).ToArray();
        return checkpoints switch
        {
            [var only] => CompVisModel.Read(only, options),
            [] => throw new CheckpointException(
                path, $"the folder holds no whole diffusion model: neither {DiffusersFolder.IndexName} with its components, nor a checkpoint."),
            _ => throw new CheckpointException(
                path, $"the folder holds several checkpoints: {string.Join(", ", checkpoints.Select(Path.GetFileName))}. Name the file."),
        };
    }
}
