using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace LdmMl.Torch.Native;

/// <summary>The versions of the C and C++ libraries that this process has loaded (Linux).</summary>
internal static partial class SystemLibraries
{
    private static readonly Version OldestGlibc = new(2, 28);   // libtorch's packages are built for it (manylinux_2_28)

    public static Finding GnuLibc()
    {
        try
        {
            var text = Marshal.PtrToStringAnsi(GlibcVersion())!;
            return Version.TryParse(text, out var version) && version < OldestGlibc
                ? new("glibc", text,
                    $"libtorch needs {OldestGlibc} or newer: use Debian 10, Ubuntu 20.04, RHEL 8 or a later release.", IsFailure: true)
                : new("glibc", text);
        }
        catch (EntryPointNotFoundException)
        {
            return new("glibc", "none (another C library, such as musl)",
                "libtorch needs glibc: use a Debian, Ubuntu or RHEL image rather than Alpine.", IsFailure: true);
        }
    }

    public static Finding StandardCpp()
    {
        if (LoadedPath("libstdc++.so") is not { } path)
            return new("libstdc++", "not loaded", "Install it: apt-get install libstdc++6.", IsFailure: true);
        var newest = VersionName().Matches(System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(path)))
            .Select(match => new Version(match.Groups["version"].Value)).DefaultIfEmpty(new Version(0, 0)).Max()!;
        return new("libstdc++", $"GLIBCXX_{newest}, {path}");
    }

    private static string? LoadedPath(string name) =>
        File.ReadLines("/proc/self/maps")
            .Select(line => line[(line.LastIndexOf(' ') + 1)..])
            .FirstOrDefault(path => Path.GetFileName(path).StartsWith(name, StringComparison.Ordinal));

    [GeneratedRegex(@"GLIBCXX_(?<version>\d+\.\d+(\.\d+)?)\0", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex VersionName();

    [LibraryImport("libc", EntryPoint = "gnu_get_libc_version")]
    private static partial nint GlibcVersion();
}
