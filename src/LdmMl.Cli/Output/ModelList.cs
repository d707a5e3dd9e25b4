using LdmMl.Cli.Commands;

namespace LdmMl.Cli.Output;

/// <summary>The models in a folder that is not one itself.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Models">Their names.</param>
internal sealed record ModelList(string Folder, IReadOnlyList<string> Models)
{
    private static readonly string[] Extensions = [".ckpt", ".safetensors", ".pt", ".pth", ".bin"];

    /// <summary>Lists the models in a folder; null if it is no folder, is a model itself, or holds one file or none.</summary>
    public static ModelList? In(string path)
    {
        if (!Directory.Exists(path) || IsModel(path))
            return null;
        var folders = Directory.EnumerateDirectories(path).Where(IsModel);
        var files = Directory.EnumerateFiles(path)
            .Where(file => Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase)).ToArray();
        var models = folders.Concat(files).Order(StringComparer.Ordinal).Select(model => Path.GetFileName(model)).ToArray();
        return models.Length > files.Length || files.Length > 2 ? new(path, models) : null;
    }

    /// <summary>Gets the lines that a person reads.</summary>
    public IEnumerable<(string What, string Value)> Rows() => Models
        .Select(model => (model, Directory.Exists(Path.Combine(Folder, model)) ? KindOf(Path.Combine(Folder, model)) : "a file"))
        .Append(("", $"'ldmml info {Path.Combine(Folder, Models[0])}' shows the first, and works for the others in the same way."));

    private static string KindOf(string folder) => WholeModel.MayBe(folder) ? "a latent diffusion model" : "an autoencoder";

    private static bool IsModel(string folder) =>
        ModelFolder.Contents.Append("config.json").Any(name => Path.Exists(Path.Combine(folder, name)));
}
