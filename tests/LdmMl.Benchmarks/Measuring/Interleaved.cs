using System.Diagnostics;

namespace LdmMl.Benchmarks.Measuring;

/// <summary>
/// Runs subject and peer of a comparison in turn, in random order within each round. The result is the median of the per-round ratios:
/// whatever slows a shared machine for a while slows both.
/// </summary>
internal static class Interleaved
{
    // A round in which other programs used more than this share of the processors says little about either side.
    private const double TolerableShare = 0.15;

    public static ComparisonResult Measure(Comparison comparison, int rounds, int seed)
    {
        using var subject = new WorkerProcess(comparison.Subject);
        using var peer = new WorkerProcess(comparison.Peer);
        var order = new Random(seed);
        var samples = new List<(double Subject, double Peer, bool Disturbed)>();
        for (var round = 0; round < rounds; round++)
            samples.Add(Round(subject, peer, order.Next(2) == 0));

        var undisturbed = samples.Where(sample => !sample.Disturbed).ToList();
        var counted = undisturbed.Count >= 3 ? undisturbed : samples;
        var ratios = counted.Select(sample => sample.Subject / sample.Peer).Order().ToArray();
        return new(comparison, Quantile(counted.Select(sample => sample.Subject), 0.5), Quantile(counted.Select(sample => sample.Peer), 0.5),
            Quantile(ratios, 0.5), Quantile(ratios, 0.25), Quantile(ratios, 0.75),
            subject.PeakMegabytes, Remarks(subject, peer), counted.Count, samples.Count(sample => sample.Disturbed));
    }

    private static (double, double, bool) Round(WorkerProcess subject, WorkerProcess peer, bool subjectFirst)
    {
        var watch = Stopwatch.StartNew();
        var others = new OtherPrograms(() => subject.ProcessorSeconds + peer.ProcessorSeconds + OwnSeconds());
        double first = (subjectFirst ? subject : peer).Run(), second = (subjectFirst ? peer : subject).Run();
        var share = others.Seconds / (watch.Elapsed.TotalSeconds * Environment.ProcessorCount);
        return subjectFirst ? (first, second, share > TolerableShare) : (second, first, share > TolerableShare);
    }

    private static string Remarks(WorkerProcess subject, WorkerProcess peer)
    {
        var peak = peer.PeakMegabytes;   // before the remark, for which a peer may also run the library
        return peer.Remark is { Length: > 0 } remark ? $"{subject.Remark}, peer {remark}, {peak:F0} MB" : subject.Remark;
    }

    private static double OwnSeconds() => Environment.CpuUsage.TotalTime.TotalSeconds;

    private static double Quantile(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        var position = share * (sorted.Length - 1);
        var below = (int)position;
        return below + 1 < sorted.Length ? sorted[below] + (position - below) * (sorted[below + 1] - sorted[below]) : sorted[below];
    }
}
