namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>Finds the cases by listing folders: in the repository, next to it, and where LDMML_GOLDENS points.</summary>
internal static class GoldenCatalog
{
    /// <summary>The origin of the cases that every clone has.</summary>
    public const string Own = "repository";

    private static readonly (string Origin, string? Folder)[] Roots =
    [
        (Own, Path.Combine(RealData.Repository, "tests", "LdmMl.Torch.Tests", "Goldens")),
        ("shared", RealData.SharedGoldens),
        ("environment", Environment.GetEnvironmentVariable("LDMML_GOLDENS")),
    ];

    public static IEnumerable<(string Origin, string Group, string Name)> Cases() =>
        from root in Roots
        where Directory.Exists(root.Folder)
        from groupFolder in Directory.EnumerateDirectories(root.Folder).Order(StringComparer.Ordinal)
        let @group = Path.GetFileName(groupFolder)
        from folder in Directory.EnumerateDirectories(groupFolder).Order(StringComparer.Ordinal)
        where IsCase(folder)
        select (root.Origin, @group, Path.GetFileName(folder));

    public static string Folder(string origin, string group, string name) =>
        Path.Combine(Roots.Single(root => root.Origin == origin).Folder!, group, name);

    private static bool IsCase(string folder) =>
        File.Exists(Path.Combine(folder, "config.json")) || File.Exists(Path.Combine(folder, "manifest.json"));
}
