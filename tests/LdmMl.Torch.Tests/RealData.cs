using System.Runtime.CompilerServices;

namespace LdmMl.Torch.Tests;

/// <summary>The folders that lie beside the repository and are not part of it: goldens of every case, photographs, trained weights.</summary>
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

/// <summary>A test that needs <c>../shared/data</c>; reported as skipped where that folder is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RealDataFactAttribute : FactAttribute
{
    public RealDataFactAttribute()
    {
        if (RealData.SharedData is null)
            Skip = "../shared/data is not beside this repository.";
    }
}

/// <summary>A theory that needs <c>../shared/data</c>; reported as skipped where that folder is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RealDataTheoryAttribute : TheoryAttribute
{
    public RealDataTheoryAttribute()
    {
        if (RealData.SharedData is null)
            Skip = "../shared/data is not beside this repository.";
    }
}
