using System.Net;

namespace ImageService.Tests;

/// <summary>Clients who leave take their requests with them.</summary>
public class DisconnectTests(LabelService fixture) : IClassFixture<LabelService>
{
    private readonly Service service = fixture.Service;

    [Fact]
    public async Task A_waiting_request_whose_client_leaves_is_taken_out_of_the_queue()
    {
        using var leaves = new CancellationTokenSource();
        using (service.Occupy())
        {
            using var client = service.NewClient();
            var leaving = service.Post(new { label = "cat", steps = 1000 }, client: client, cancellation: leaves.Token);
            var staying = service.Draw(new { label = "cat", seed = 1 });
            await service.UntilWaiting(2);

            await leaves.CancelAsync();

            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
            await service.UntilWaiting(1);
            Assert.False(staying.IsCompleted);
        }
    }

    [Theory]
    [InlineData("image/png")]
    [InlineData("text/event-stream")]
    public async Task An_image_whose_client_leaves_ends_between_two_steps(string accept)
    {
        using var listener = new Measurements();
        using var leaves = new CancellationTokenSource();
        using var client = service.NewClient();

        // It would take minutes.
        var leaving = service.Post(
            new { label = "cat", steps = 1000, width = 256, height = 256 }, accept, client, HttpCompletionOption.ResponseHeadersRead, leaves.Token);
        await Service.Until(() => Task.FromResult(listener.Of("ldmml.generation.step.duration").Skip(2).Any()));
        await leaves.CancelAsync();
        if (accept == "text/event-stream")
            (await leaving).Dispose();
        else
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);

        Assert.NotEmpty(await service.Draw(new { label = "cat", seed = 1 }));
        var ends = listener.TagsOf("ldmml.generation.duration").Select(tags => tags.GetValueOrDefault("error.type"));
        Assert.Contains(typeof(OperationCanceledException).FullName, ends);
    }

    [Fact]
    public async Task Others_of_the_batch_get_their_images_when_one_client_leaves()
    {
        var alone = await service.Draw(new { label = "dog", seed = 5, steps = 50 });
        using var leaves = new CancellationTokenSource();
        using var client = service.NewClient();
        Task<HttpResponseMessage> leaving;
        Task<byte[]> staying;
        using (service.Occupy())
        {
            leaving = service.Post(new { label = "cat", seed = 1, steps = 50 }, client: client, cancellation: leaves.Token);
            staying = service.Draw(new { label = "dog", seed = 5, steps = 50 });
            await service.UntilWaiting(2);
        }

        await leaves.CancelAsync();

        Assert.Equal(alone, await staying);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
    }
}
