using System.IO.Compression;
using System.Reflection;

namespace LdmMl.Packages.Tests;

/// <summary>A folder with packages of the current build, with a unique version; it is deleted after the tests.</summary>
public sealed class PackageFeed : IDisposable
{
    private static readonly string[] Projects =
        ["LdmMl.Torch", "LdmMl", "LdmMl.ImageSharp", "LdmMl.Extensions", "LdmMl.Models.Emoji", "LdmMl.Templates", "LdmMl.Cli"];

    private readonly TemporaryFolder folder = new();

    public PackageFeed()
    {
        var configuration = typeof(PackageFeed).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;
        foreach (var project in Projects)
        {
            CommandLine.Run(
                RealData.Repository, "dotnet", "pack", Path.Combine("src", project), "--no-build", "-c", configuration, "-v", "q",
                $"-p:Version={Version}", $"-p:PackageOutputPath={Folder}");
        }
    }

    /// <summary>The version of TorchSharp that the packages depend on.</summary>
    public static string TorchVersion { get; } = typeof(TorchSharp.torch).Assembly.GetName().Version!.ToString(3);

    public string Version { get; } = $"0.1.0-test.{DateTime.UtcNow:yyyyMMddHHmmssfff}";

    public string Folder => folder.Path;

    /// <summary>Opens a package; the caller disposes it.</summary>
    public ZipArchive Open(string id, string extension = "nupkg") => ZipFile.OpenRead(folder.File($"{id}.{Version}.{extension}"));

    public void Dispose()
    {
        folder.Dispose();
        var cache = CommandLine.Run(Path.GetTempPath(), "dotnet", "nuget", "locals", "global-packages", "--list").Split(':', 2)[1].Trim();
        foreach (var package in Directory.EnumerateDirectories(cache, "ldmml*").Select(package => Path.Combine(package, Version)).Where(Directory.Exists))
        {
            Directory.Delete(package, recursive: true);
            if (!Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(package)!).Any())
                Directory.Delete(Path.GetDirectoryName(package)!);
        }
    }
}
