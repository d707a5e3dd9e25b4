using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ImageService.Queue;

/// <summary>What the queue tells OpenTelemetry: how long requests wait, how many are computed together, how many wait now.</summary>
internal sealed class QueueTelemetry
{
    /// <summary>The name of the service's meter and activity source. Those of the library are called <c>LdmMl</c>.</summary>
    public const string Name = "LdmMl.ImageService";

    private static readonly ActivitySource Source = new(Name);

    private readonly Histogram<double> wait;
    private readonly Histogram<long> batchSize;
    private readonly Counter<long> refused;

    public QueueTelemetry(IMeterFactory meters, WorkQueue queue)
    {
        var meter = meters.Create(Name);
        wait = meter.CreateHistogram(
            "ldmml.queue.wait", "s", "Time from a request's arrival to its computation.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100] });
        batchSize = meter.CreateHistogram(
            "ldmml.queue.batch.size", "{request}", "Requests that are computed together.",
            advice: new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64] });
        refused = meter.CreateCounter<long>("ldmml.queue.refused", "{request}", "Requests that were refused because the queue was full.");
        meter.CreateObservableUpDownCounter("ldmml.queue.length", () => queue.Count, "{request}", "Requests that wait.");
    }

    /// <summary>Counts a request that was refused.</summary>
    public void Refused() => refused.Add(1);

    /// <summary>
    /// Records the beginning of a batch, and opens its span. A batch belongs to several traces, so that it links to those of its requests.
    /// </summary>
    public Activity? Begin(IReadOnlyList<Work> works)
    {
        batchSize.Record(works.Count);
        foreach (var work in works)
            wait.Record(work.Age.TotalSeconds);
        var callers = works.Select(work => work.Caller).Where(caller => caller != default).Select(caller => new ActivityLink(caller));
        return Source.StartActivity(ActivityKind.Internal, links: callers, name: "batch")?.SetTag("ldmml.requests", works.Count);
    }
}
