using System.Diagnostics;

namespace LdmMl.Cli.Tests;

/// <summary>One run of the tool in a process of its own, as a shell would start it.</summary>
internal sealed record ToolRun(int ExitCode, string Output, string Errors)
{
    public static ToolRun Start(params string[] arguments) => StartIn([], arguments);

    public static ToolRun StartIn(Dictionary<string, string?> environment, params string[] arguments)
    {
        using var process = Begin(arguments, environment);
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new(process.ExitCode, output, errors.Result);
    }

    public static Process Begin(string[] arguments, Dictionary<string, string?>? environment = null)
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(typeof(Tool).Assembly.Location);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment ?? [])
            start.Environment[name] = value;
        return Process.Start(start)!;
    }
}
