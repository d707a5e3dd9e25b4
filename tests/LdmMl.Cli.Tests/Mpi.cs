using System.Diagnostics;

namespace LdmMl.Cli.Tests;

/// <summary>Starts the tool in several processes, by the launchers of both implementations of MPI.</summary>
internal static class Mpi
{
    public const string Mpich = "mpiexec.mpich", OpenMpi = "mpiexec.openmpi";

    /// <summary>Gets whether a launcher is installed.</summary>
    public static bool IsInstalled(string launcher) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, launcher)));

    /// <summary>Runs the tool, and waits.</summary>
    public static ToolRun Start(string launcher, int processes, params string[] arguments) => Finish(Begin(launcher, processes, arguments));

    /// <summary>Runs one process for each command line, and waits.</summary>
    public static ToolRun Start(string launcher, string[] first, string[] second) =>
        Finish(Begin(launcher, 1, [.. first, ":", "-n", "1", .. Tool, .. second]));

    /// <summary>Starts the tool.</summary>
    public static Process Begin(string launcher, int processes, params string[] arguments)
    {
        var start = new ProcessStartInfo(launcher) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        string[] local = launcher == Mpich ? ["-launcher", "fork", "-iface", "lo"] : ["--oversubscribe", "--bind-to", "none"];
        foreach (var word in (string[])[.. local, "-n", $"{processes}", .. Tool, .. arguments])
            start.ArgumentList.Add(word);

        // Sums depend on the number of threads in their last bits; and a container's only user is often root.
        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)
            [("OMP_NUM_THREADS", "1"), ("OMPI_ALLOW_RUN_AS_ROOT", "1"), ("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"), ("OMPI_MCA_mpi_yield_when_idle", "1")])
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private static string[] Tool => ["dotnet", typeof(Cli.Tool).Assembly.Location];

    private static ToolRun Finish(Process begun)
    {
        using var process = begun;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new(process.ExitCode, Plain(output), errors.Result);
    }

    // Open MPI tells a terminal, even where there is none, how its keys should work.
    private static string Plain(string output) => output.Replace("\u001b[?1h\u001b=", "", StringComparison.Ordinal);
}
