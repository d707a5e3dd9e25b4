using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.Diffusers;
using LdmMl.Torch.Models;

namespace LdmMl.Torch.Generation.Storage;

/// <summary>Detects what kind of model is at a path.</summary>
internal static class ModelLocation
{
    /// <summary>Reads the model in a file or a folder.</summary>
    /// <exception cref="CheckpointException">There is none, or it cannot be read.</exception>
    public static LatentDiffusionCheckpoint Read(string path, LatentDiffusionLoadOptions options)
    {
        if (File.Exists(path))
            return CompVisModel.Read(path, options);
        if (!Directory.Exists(path))
            throw InstalledModels.Missing(path, InstalledModelKind.Diffusion);
        if (DiffusersFolder.HasIndex(path))
        {
            return Directory.Exists(Path.Combine(path, ModelFileNames.UNet))
                ? ModelReading.Read(new FolderFiles(path), options)
                : throw new CheckpointException(path, WhyNoUNet(DiffusersFolder.ReadIndex(path)));
        }

        var checkpoints = CheckpointFormats.FilesIn(path);
        return checkpoints switch
        {
            [var only] => CompVisModel.Read(only, options),
            [] => throw new CheckpointException(
                path, $"the folder contains no whole diffusion model: neither {DiffusersFolder.IndexName} with its components, nor a checkpoint."),
            _ => throw new CheckpointException(
                path, $"the folder contains several checkpoints: {string.Join(", ", checkpoints.Select(Path.GetFileName))}. Give the path of one."),
        };
    }

    private static string WhyNoUNet(ModelIndex index) => index.Components.TryGetValue("transformer", out var transformer)
        ? $"it is a whole diffusion model whose network is a transformer ({transformer}, of a {index.PythonClass}); this library has U-Nets."
        : "the folder contains no U-Net; it is an autoencoder or another part, not a whole diffusion model.";
}
