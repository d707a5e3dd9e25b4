using LdmMl.Torch.Arguments;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Native;

namespace LdmMl.Torch.Models;

/// <summary>
/// Finds the models installed by packages, such as <c>LdmMl.Models.Emoji</c>, which the <c>Load</c> methods open by name. They are in
/// <c>ldmml-models/NAME/</c> as <c>autoencoder/</c>, <c>diffusion/</c> and <c>perceptual.safetensors</c>, and are searched for in the folders
/// that the environment variable <c>LDMML_MODELS</c> names, in the user's cache, where <c>ldmml weights convert</c> writes, next to the program, next to
/// this library, and in NuGet's folder of packages.
/// </summary>
internal static class InstalledModels
{
    /// <summary>The environment variable that names further folders of models, separated as those of PATH are.</summary>
    public const string FoldersVariable = "LDMML_MODELS";

    /// <summary>The name of the file of a perceptual distance in a model's folder.</summary>
    public const string PerceptualFile = "perceptual.safetensors";

    private const string FolderName = "ldmml-models", PackagePrefix = "ldmml.models.";

    private static readonly (InstalledModelKind Kind, string Name)[] Parts =
    [
        (InstalledModelKind.Autoencoder, "autoencoder"), (InstalledModelKind.Diffusion, "diffusion"),
        (InstalledModelKind.Perceptual, PerceptualFile),
    ];

    /// <summary>Gets the folder of models that were converted from files of others.</summary>
    public static string Converted => CacheFolders.Candidates("models").First();

    /// <summary>
    /// Lists the models that can be opened by name, in the order of their names. If several have the same name, the first one found is used.
    /// </summary>
    /// <returns>The models; empty if there are none.</returns>
    public static IReadOnlyList<InstalledModel> List() =>
    [
        .. Folders().Where(Directory.Exists).SelectMany(Directory.EnumerateDirectories).SelectMany(Models)
            .DistinctBy(model => (model.Name.ToUpperInvariant(), model.Kind))
            .OrderBy(model => model.Name, StringComparer.OrdinalIgnoreCase).ThenBy(model => model.Kind),
    ];

    /// <summary>Returns the path of a model given by its name; an existing path, or an unknown name, is returned unchanged.</summary>
    internal static string Resolve(string path, InstalledModelKind kind)
    {
        if (Path.Exists(path) || path.AsSpan().ContainsAny('/', '\\'))
            return path;
        var model = List().FirstOrDefault(model => model.Kind == kind && string.Equals(model.Name, path, StringComparison.OrdinalIgnoreCase));
        return model?.Path ?? path;
    }

    /// <summary>Creates the exception for a path that does not exist; it lists the installed models if a name may have been meant.</summary>
    internal static CheckpointException Missing(string path, InstalledModelKind kind)
    {
        string[] names = path.AsSpan().ContainsAny('/', '\\') ? [] : [.. List().Where(model => model.Kind == kind).Select(model => $"'{model.Name}'")];
        var known = names.Length == 0 ? "" : $" Installed models of this kind: {string.Join(", ", names)}.";
        return WordedException.Of(
            $"there is no such file or folder.{known}{Wording.Either("", " 'ldmml models' lists the installed models.")}",
            reason => new CheckpointException(path, reason));
    }

    private static IEnumerable<InstalledModel> Models(string folder) =>
        from part in Parts
        let path = Path.Combine(folder, part.Name)
        where Path.Exists(path)
        select new InstalledModel(Path.GetFileName(folder), part.Kind, path);

    private static IEnumerable<string> Folders()
    {
        var named = Environment.GetEnvironmentVariable(FoldersVariable)?.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries) ?? [];
        var library = Path.GetDirectoryName(typeof(InstalledModels).Assembly.Location);
        return named.Append(Converted).Append(Path.Combine(AppContext.BaseDirectory, FolderName))
            .Concat(string.IsNullOrEmpty(library) ? [] : new[] { Path.Combine(library, FolderName) })
            .Concat(PackageFolders());
    }

    // NUGET_PACKAGES/ldmml.models.NAME/VERSION/ldmml-models, the newest version of each.
    private static IEnumerable<string> PackageFolders()
    {
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        if (!Directory.Exists(packages))
            return [];
        return
            from package in Directory.EnumerateDirectories(packages, PackagePrefix + "*")
            let newest = Directory.EnumerateDirectories(package).MaxBy(Directory.GetLastWriteTimeUtc)
            where newest is not null
            select Path.Combine(newest, FolderName);
    }
}
