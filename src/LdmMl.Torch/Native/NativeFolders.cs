using System.Runtime.InteropServices;

namespace LdmMl.Torch.Native;

/// <summary>Where the native libraries of packages can be: next to the program, in its runtimes folder, or in the package cache.</summary>
internal static class NativeFolders
{
    public static IEnumerable<string> Candidates()
    {
        var runtime = Path.Combine("runtimes", RuntimeInformation.RuntimeIdentifier, "native");
        var portable = Path.Combine("runtimes", $"linux-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}", "native");
        var bases = new[] { AppContext.BaseDirectory, Path.GetDirectoryName(typeof(NativeFolders).Assembly.Location) }
            .OfType<string>().Where(folder => folder.Length > 0);
        var beside = bases.SelectMany(folder => new[] { folder, Path.Combine(folder, runtime), Path.Combine(folder, portable) });

        // The host lists the package folders here when a program runs without copied libraries, as plugins and scripts do.
        var probed = (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);

        return beside.Concat(probed).Select(Path.GetFullPath).Distinct(StringComparer.Ordinal);
    }
}
