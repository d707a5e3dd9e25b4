using ImageService.Requests;

namespace ImageService.Tests;

/// <summary>Requests that wait are computed together, and nobody can tell.</summary>
public class BatchingTests(LabelService fixture) : IClassFixture<LabelService>
{
    private readonly Service service = fixture.Service;

    [Fact]
    public async Task Images_of_a_batch_have_the_bytes_of_single_ones()
    {
        object[] orders =
        [
            .. Enumerable.Range(0, 7).Select(seed => new { seed }),
            .. Enumerable.Range(0, 13).Select(seed => new { label = seed % 2 == 0 ? "cat" : "dog", seed }),
            new { label = "cat", seed = 3, steps = 5 },
            new { label = "dog", seed = 4, guidanceScale = 2.5 },
            new { label = "dog", seed = 4, width = 32 },
        ];
        var alone = new List<byte[]>();
        foreach (var order in orders)
            alone.Add(await service.Draw(order));
        using var listener = new Measurements();
        Task<byte[]>[] together;
        using (service.Occupy())
        {
            together = [.. orders.Select(service.Draw)];
            await service.UntilWaiting(orders.Length);
        }

        Assert.Equal(alone, await Task.WhenAll(together));
        Assert.Equal([1, 1, 1, 1, 4, 16], listener.Of("ldmml.queue.batch.size").Order());
    }

    [Fact]
    public async Task The_shipped_model_draws_the_same_in_a_batch_and_while_previews_are_shown()
    {
        await using var emoji = await Service.Start(Models.Emoji);
        object[] orders = [.. Enumerable.Range(1, 3).Select(seed => new { label = seed == 2 ? "Flags" : "People & Body", seed, steps = 2 })];
        var alone = new List<byte[]>();
        foreach (var order in orders)
            alone.Add(await emoji.Draw(order));
        Task<byte[]>[] together;
        Task<HttpResponseMessage> watched;
        using (emoji.Occupy())
        {
            together = [.. orders.Select(emoji.Draw)];
            watched = emoji.Post(new { label = "Flags", seed = 2, steps = 2, previews = 1 }, "text/event-stream");
            await emoji.UntilWaiting(orders.Length + 1);
        }

        Assert.Equal(alone, await Task.WhenAll(together));
        Assert.Equal(alone[1], (await Events.Read(await watched))[^1].Data.GetProperty("png").GetBytesFromBase64());
    }

    [Fact]
    public async Task A_request_that_fails_does_not_fail_those_computed_with_it()
    {
        var alone = await service.Draw(new { label = "cat", seed = 1 });
        var settings = new ImageSettings(Steps: 2, Width: 16, Height: 16, GuidanceScale: 1);
        Task<byte[]> good;
        Task bad;
        using (service.Occupy())
        {
            // Nothing that a client can send fails after the checks; this label does not exist.
            bad = service.Reception.Accept(new ImageOrder { Settings = settings, Seed = 1, LabelNumber = 99 }, CancellationToken.None).Image;
            good = service.Draw(new { label = "cat", seed = 1 });
            await service.UntilWaiting(2);
        }

        Assert.Equal(alone, await good);
        await Assert.ThrowsAsync<LdmMl.Torch.Arguments.OptionException>(() => bad);
    }

    [Fact]
    public void Previews_are_spread_evenly_and_there_is_none_of_the_last_step()
    {
        static int[] Shown(int previews, int steps)
        {
            var order = new ImageOrder { Settings = new ImageSettings(steps, 16, 16, 1), Seed = 1, Previews = previews };
            return [.. Enumerable.Range(1, steps).Where(step => order.Shows(step, steps))];
        }

        Assert.Equal([], Shown(0, 25));
        Assert.Equal([13], Shown(1, 25));
        Assert.Equal([5, 10, 15, 20], Shown(4, 25));
        Assert.Equal([1, 2], Shown(10, 3));
    }
}
