using System.Collections.Concurrent;
using System.Diagnostics;

namespace ImageService.Tests;

/// <summary>What OpenTelemetry learns, from the library (<c>LdmMl</c>) and from the service (<c>LdmMl.ImageService</c>).</summary>
public class TelemetryTests(LabelService fixture) : IClassFixture<LabelService>
{
    private readonly Service service = fixture.Service;

    [Fact]
    public async Task Images_steps_batches_and_waiting_are_measured()
    {
        using var listener = new Measurements();
        Task<byte[]>[] drawn;
        using (service.Occupy())
        {
            drawn = [.. Enumerable.Range(0, 4).Select(seed => service.Draw(new { label = "cat", seed, steps = 3 }))];
            await service.UntilWaiting(4);
            listener.Observe();
        }

        await Task.WhenAll(drawn);
        Assert.Equal(4, listener.Of("ldmml.generation.images").Sum());
        Assert.Equal([4], listener.Of("ldmml.generation.batch.size"));
        Assert.Single(listener.Of("ldmml.generation.duration"));
        Assert.Equal(3, listener.Of("ldmml.generation.step.duration").Count());
        Assert.Equal([1, 4], listener.Of("ldmml.queue.batch.size"));
        Assert.Equal(5, listener.Of("ldmml.queue.wait").Count());
        Assert.Contains(4, listener.Of("ldmml.queue.length"));
        Assert.All(listener.TagsOf("ldmml.generation.images"), tags => Assert.Equal("CPU", tags["ldmml.device.type"]));
    }

    [Fact]
    public async Task The_span_of_a_batch_links_to_its_requests_and_contains_the_generation()
    {
        var ended = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "LdmMl" or "LdmMl.ImageService" or "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        Task<byte[]>[] drawn;
        using (service.Occupy())
        {
            drawn = [service.Draw(new { label = "cat", seed = 1 }), service.Draw(new { label = "dog", seed = 2 })];
            await service.UntilWaiting(2);
        }

        await Task.WhenAll(drawn);
        static bool IsBatch(Activity activity) => activity.DisplayName == "batch" && activity.Links.Any();
        await Service.Until(() => Task.FromResult(
            ended.Count(activity => activity.Source.Name == "Microsoft.AspNetCore") == 2 && ended.Any(IsBatch)));
        var batch = ended.Single(IsBatch);
        var generation = ended.Single(activity => activity.DisplayName == "generate");
        var requests = ended.Where(activity => activity.Source.Name == "Microsoft.AspNetCore").Select(activity => activity.SpanId);
        Assert.Equal(requests.Select(id => $"{id}").Order(), batch.Links.Select(link => $"{link.Context.SpanId}").Order());
        Assert.Equal(batch.SpanId, generation.ParentSpanId);
        Assert.Equal((2, 2), (generation.GetTagItem("ldmml.images"), generation.GetTagItem("ldmml.steps")));
        Assert.Equal("16x16", generation.GetTagItem("ldmml.size"));
    }
}
