using System.Diagnostics;
using System.Text;

namespace LdmMl.Packages.Tests;

/// <summary>Runs programs in a folder as a user's shell does, without the settings of the build that runs the tests.</summary>
internal static class CommandLine
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Runs a program to its end and returns its output; throws with that output if it fails.</summary>
    public static string Run(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(BelongsToTheBuildAround).ToArray())
            start.Environment.Remove(name);
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";      // no build server outlives its test
        start.Environment["XDG_DATA_HOME"] = Directory.CreateDirectory(Path.Combine(folder, ".data")).FullName;   // where file-based apps are built

        // libtorch is 440 MB: link it from the package cache. This property changes nothing else.
        start.Environment["CreateHardLinksForCopyLocalIfPossible"] = "true";

        var output = new StringBuilder();
        using var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Append(output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(output, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (!process.WaitForExit(Patience))
            process.Kill(entireProcessTree: true);
        process.WaitForExit();
        if (process.ExitCode != 0)
            Assert.Fail($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{End(output.ToString())}");
        return output.ToString();
    }

    private static bool BelongsToTheBuildAround(string name) =>
        name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) || name.StartsWith("VSTEST", StringComparison.OrdinalIgnoreCase)
        || name is "DOTNET_HOST_PATH" or "TorchBackend";

    // Enough to see what went wrong.
    private static string End(string output) => output.Length > 3000 ? "..." + output[^3000..] : output;

    private static void Append(StringBuilder output, string? line)
    {
        lock (output)
            output.AppendLine(line);
    }
}
