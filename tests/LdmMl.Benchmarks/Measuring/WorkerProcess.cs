using System.Diagnostics;
using System.Globalization;
using LdmMl.Benchmarks.Workloads;

namespace LdmMl.Benchmarks.Measuring;

/// <summary>
/// The other side of a worker: a warm process that runs one workload on request.
/// Allocator settings and peak memory belong to a process, so workloads that differ in them cannot share one.
/// </summary>
internal sealed class WorkerProcess : IDisposable
{
    // A peer in Peers/, as in "python:metrics.py ssim": a script that answers the same requests, and its argument.
    private const string PythonPrefix = "python:";

    private readonly Process process;

    public WorkerProcess(string workload)
    {
        Workload = workload;
        process = Process.Start(StartOf(workload))!;
        Ask("warm");
    }

    public string Workload { get; }

    /// <summary>Gets the peak resident memory so far, in MB (10^6 bytes).</summary>
    public double PeakMegabytes => double.Parse(Ask("peak"), CultureInfo.InvariantCulture);

    public string Remark => Ask("remark");

    /// <summary>Gets the processor time that the worker has used so far.</summary>
    public double ProcessorSeconds
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime.TotalSeconds;
        }
    }

    /// <summary>Runs the workload once.</summary>
    /// <returns>Milliseconds.</returns>
    public double Run() => double.Parse(Ask("run"), CultureInfo.InvariantCulture);

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }

    private static ProcessStartInfo StartOf(string workload) =>
        workload.StartsWith(PythonPrefix, StringComparison.Ordinal) ? Python(workload)
        : workload.StartsWith(NcnnPeer.Prefix, StringComparison.Ordinal) ? NcnnPeer.Start(workload)
        : Own(workload);

    private static ProcessStartInfo Own(string workload)
    {
        var start = Redirected(Environment.ProcessPath!);
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(WorkerProcess).Assembly.Location);
        start.ArgumentList.Add("worker");
        start.ArgumentList.Add(workload);
        return start;
    }

    private static ProcessStartInfo Python(string workload)
    {
        // Debian's own Python has the packages; a newer one on the path may lack them.
        var start = Redirected(Environment.GetEnvironmentVariable("LDMML_PYTHON") ?? "/usr/bin/python3");
        var words = workload[PythonPrefix.Length..].Split(' ');
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Peers", words[0]));
        foreach (var word in words.Skip(1))
            start.ArgumentList.Add(word);
        return start;
    }

    private static ProcessStartInfo Redirected(string program) =>
        new(program) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };

    private string Ask(string question)
    {
        process.StandardInput.WriteLine(question);
        return process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"The worker of '{Workload}' ended; see its message above.");
    }
}
