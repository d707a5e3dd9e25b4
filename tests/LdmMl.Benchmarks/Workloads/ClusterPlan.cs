namespace LdmMl.Benchmarks.Workloads;

/// <summary>What a shared training step would cost on more machines, from the times of one.</summary>
/// <remarks>
/// T(P) = (M / P) batch + update + 2 (P - 1) / P bytes / bandwidth + 2 log2(P) latency: batches are divided, the update is not, and a sum by halving and
/// doubling sends each byte twice at most.
/// </remarks>
internal static class ClusterPlan
{
    private const int Batches = 64;

    // Worth another machine: two of them must do the work of 1.4.
    private const double LeastEfficiency = 0.7;

    private static readonly (string Name, double BytesPerMillisecond, double Latency)[] Links =
    [
        ("1 Gbit/s", 0.117e6, 0.05), ("10 Gbit/s", 1.17e6, 0.03), ("25 Gbit/s", 2.9e6, 0.02), ("100 Gbit/s", 11.7e6, 0.01),
    ];

    /// <summary>Prints a table.</summary>
    /// <param name="output">Where.</param>
    /// <param name="batch">The time of a batch's gradient, ms.</param>
    /// <param name="update">The time of the rest of a step, ms.</param>
    /// <param name="count">The number of gradients.</param>
    public static void Print(TextWriter output, double batch, double update, long count)
    {
        output.WriteLine($"a step of {Batches} batches, ms (efficiency): a batch takes {batch:F0}, the update {update:F0}, {count * 4 / 1e6:F0} MB of gradients");
        int[] machines = [1, 2, 4, 8, 16, 32, 64];
        output.WriteLine($"| machines | {string.Join(" | ", machines)} | stop at |");
        foreach (var (name, bandwidth, latency) in Links)
        {
            var times = Array.ConvertAll(machines, machine => Time(machine, bandwidth, latency));
            var efficiencies = machines.Zip(times, (machine, time) => times[0] / (machine * time)).ToArray();
            var last = machines[Array.FindLastIndex(efficiencies, efficiency => efficiency >= LeastEfficiency)];
            output.WriteLine($"| {name} | {string.Join(" | ", times.Zip(efficiencies, (time, efficiency) => $"{time:F0} ({efficiency:P0})"))} | {last} |");
        }

        double Time(int machine, double bandwidth, double latency) => ((double)Batches / machine * batch) + update
            + (2.0 * (machine - 1) / machine * count * 4 / bandwidth) + (2 * Math.Log2(machine) * latency);
    }
}
