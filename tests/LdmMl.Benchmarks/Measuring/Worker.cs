using System.Diagnostics;
using System.Globalization;

namespace LdmMl.Benchmarks.Measuring;

/// <summary>Serves one workload over standard input and output until the input ends.</summary>
internal static class Worker
{
    public static void Serve(IWorkload workload)
    {
        while (Console.In.ReadLine() is { } question)
            Console.Out.WriteLine(Answer(workload, question));
    }

    private static string Answer(IWorkload workload, string question) => question switch
    {
        "warm" => Warm(workload),
        "run" => Time(workload).ToString("R", CultureInfo.InvariantCulture),
        "peak" => (workload.PeakMegabytes ?? PeakKilobytes() * 1024 / 1e6).ToString("F0", CultureInfo.InvariantCulture),
        "remark" => workload.Remark ?? "",
        _ => throw new ArgumentException($"Unknown question '{question}'.", nameof(question)),
    };

    private static string Warm(IWorkload workload)
    {
        for (var run = 0; run < workload.WarmingRuns; run++)
            _ = Time(workload);
        return "warm";
    }

    private static double Time(IWorkload workload)
    {
        workload.Prepare();
        var watch = Stopwatch.StartNew();
        workload.Run();
        return workload.Milliseconds ?? watch.Elapsed.TotalMilliseconds;
    }

    private static double PeakKilobytes()
    {
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return double.Parse(line.Split((char[])['\t', ' '], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
