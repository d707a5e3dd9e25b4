using System.Diagnostics;
using LdmMl.Torch.Native;

namespace LdmMl.Cli.Tests;

/// <summary>One run of the tool: its exit code and its output.</summary>
internal sealed record ToolRun(int ExitCode, string Output, string Errors)
{
    // The tests already use every processor, and threads of one small operation that wait for each other are slow on a busy machine.
    // No result depends on their number.
    static ToolRun()
    {
        TorchRuntime.EnsureLoaded();
        TorchSharp.torch.set_num_threads(1);
        Environment.SetEnvironmentVariable("OMP_NUM_THREADS", "1");         // for processes
    }

    /// <summary>
    /// Runs the tool within the tests' process, where the runtime and libtorch are already loaded: several times faster. Its output
    /// must not contain C# names, in every test.
    /// </summary>
    public static ToolRun Start(params string[] arguments)
    {
        using var streams = ConsoleCapture.Begin();
        var exitCode = Tool.RunAsync(arguments).GetAwaiter().GetResult();
        Assert.Empty(PlainWords.NamesIn(streams.Errors));
        if (!arguments.Contains("--json"))
            Assert.Empty(PlainWords.NamesIn(streams.Output));
        return new(exitCode, streams.Output, streams.Errors);
    }

    /// <summary>Runs the tool in a separate process, as a shell would, where that makes a difference.</summary>
    public static ToolRun StartProcess(params string[] arguments) => StartIn([], arguments);

    /// <summary>Runs the tool in a separate process with environment variables.</summary>
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

    /// <summary>Interrupts a process as Ctrl-C does; or as a batch system does, if these tests were started with Ctrl-C ignored.</summary>
    public static void Interrupt(Process process)
    {
        var ignored = File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("SigIgn:", StringComparison.Ordinal));
        const ulong CtrlC = 1 << 1;                              // bit n - 1 is signal n
        var isIgnored = ignored is not null && (Convert.ToUInt64(ignored[7..].Trim(), 16) & CtrlC) != 0;
        using var kill = Process.Start("kill", [isIgnored ? "-TERM" : "-INT", process.Id.ToString()]);
        kill.WaitForExit();
    }
}
