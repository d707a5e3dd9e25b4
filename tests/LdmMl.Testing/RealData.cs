using System.Runtime.CompilerServices;

namespace LdmMl.Testing;

/// <summary>Folders next to the repository that are not part of it: goldens of every case, photographs, trained weights.</summary>
internal static class RealData
{
    public static string Repository { get; } = FindRepository();

    public static string? SharedGoldens { get; } = Beside("goldens");

    public static string? SharedData { get; } = Beside("data");

    private static string? Beside(string name)
    {
        var folder = Path.GetFullPath(Path.Combine(Repository, "..", "shared", name));
        if (!Directory.Exists(folder))
            folder = Path.GetFullPath(Path.Combine(Repository, "..", "..", "shared", name));   // a second work tree, one folder deeper
        return Directory.Exists(folder) ? folder : null;
    }

    private static string FindRepository([CallerFilePath] string here = "")
    {
        var folder = Path.GetDirectoryName(here);
        while (folder is not null && !File.Exists(Path.Combine(folder, "LdmMl.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? AppContext.BaseDirectory;
    }
}
