using System.Diagnostics;
using System.Globalization;

namespace LdmMl.Benchmarks.Measuring;

/// <summary>
/// The other side of a worker: a warm process that runs one workload whenever it is told to.
/// Allocator settings and peak memory belong to a process, so runners that differ in them cannot share one.
/// </summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process process;

    public WorkerProcess(string workload)
    {
        Workload = workload;
        var start = new ProcessStartInfo(Environment.ProcessPath!) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(WorkerProcess).Assembly.Location);
        start.ArgumentList.Add("worker");
        start.ArgumentList.Add(workload);
        process = Process.Start(start)!;
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

    private string Ask(string question)
    {
        process.StandardInput.WriteLine(question);
        return process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"The worker of '{Workload}' ended; its message stands above.");
    }
}
