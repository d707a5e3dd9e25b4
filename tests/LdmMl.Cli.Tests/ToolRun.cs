using System.Diagnostics;

namespace LdmMl.Cli.Tests;

/// <summary>One run of the tool: what it returns and what it prints.</summary>
internal sealed record ToolRun(int ExitCode, string Output, string Errors)
{
    /// <summary>Runs the tool within the tests' process, where the runtime and libtorch are loaded already: several times as fast.</summary>
    public static ToolRun Start(params string[] arguments)
    {
        using var streams = ConsoleCapture.Begin();
        var exitCode = Tool.RunAsync(arguments).GetAwaiter().GetResult();
        return new(exitCode, streams.Output, streams.Errors);
    }

    /// <summary>Runs the tool in a process of its own, as a shell would: for what only that shows.</summary>
    public static ToolRun StartProcess(params string[] arguments) => StartIn([], arguments);

    /// <summary>Runs the tool in a process of its own with variables of the environment.</summary>
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
