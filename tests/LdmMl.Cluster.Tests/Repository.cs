using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LdmMl.Cluster.Tests;

/// <summary>The files of the repository, and its programs.</summary>
internal static class Repository
{
#if DEBUG
    private const string Configuration = "Debug";
#else
    private const string Configuration = "Release";
#endif

    /// <summary>Gets the root.</summary>
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", ".."));

    /// <summary>Gets the folder of the examples for clusters.</summary>
    public static string Cluster => Path.Combine(Root, "examples", "Cluster");

    /// <summary>Gets the tool.</summary>
    public static string Tool => Program("src/LdmMl.Cli", "LdmMl.Cli");

    /// <summary>Gets the file of a program.</summary>
    public static string Program(string project, string name) =>
        Path.Combine(Root, project, "bin", Configuration, "net10.0", RuntimeInformation.RuntimeIdentifier, $"{name}.dll");

    /// <summary>Runs a program to its end; it must succeed.</summary>
    public static string Run(string program, IEnumerable<string> arguments, Dictionary<string, string> environment, string input = "", string? folder = null)
    {
        var start = new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            WorkingDirectory = folder ?? Root,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.Result);
        return output;
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
