using LdmMl.Torch.Models;

namespace LdmMl.Cli.Commands;

/// <summary>Whether a path may name a whole latent diffusion model, as far as can be seen without opening it.</summary>
internal static class WholeModel
{
    /// <summary>Looks for a name of an installed model, for the U-Net's folder, or for the U-Net in the YAML next to a file.</summary>
    public static bool MayBe(string path)
    {
        if (!Path.Exists(path))
        {
            return InstalledModels.List().Any(model =>
                model.Kind == InstalledModelKind.Diffusion && model.Name.Equals(path, StringComparison.OrdinalIgnoreCase));
        }

        if (Directory.Exists(path))
            return Directory.Exists(Path.Combine(path, "unet"));
        var folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "";
        var name = Path.GetFileNameWithoutExtension(path);
        string[] names = [$"{name}.yaml", $"{name}.yml", "config.yaml", "project.yaml"];
        var yaml = names.Select(candidate => Path.Combine(folder, candidate)).FirstOrDefault(File.Exists);
        return yaml is not null && File.ReadLines(yaml).Any(line => line.Contains("unet_config", StringComparison.Ordinal));
    }
}
