using LdmMl.Torch.Native;
using Microsoft.Extensions.AI;
using TorchSharp;

namespace LdmMl.Extensions.Tests;

/// <summary>Concurrent requests, cancelled requests, and what they leave.</summary>
public class ImageGeneratorConcurrencyTests
{
    private static readonly string[] Labels = ["cat", "dog", "überfrog"];

    [Fact]
    public async Task Concurrent_requests_get_the_same_images_as_single_ones()
    {
        using var generator = TestModels.OpenSmall("labels");
        var alone = new List<byte[]>();
        foreach (var label in Labels)
            alone.Add(await Draw(generator, label));

        var together = await Task.WhenAll(Enumerable.Range(0, 24).Select(number => Task.Run(() => Draw(generator, Labels[number % 3]))));

        Assert.All(together.Select((image, number) => (image, number)), row => Assert.Equal(alone[row.number % 3], row.image));
    }

    [Fact]
    public async Task A_cancelled_request_ends_between_two_steps_and_the_next_one_starts()
    {
        using var generator = TestModels.OpenSmall("unconditional", new LatentDiffusionOptions { Steps = 500 });
        using var cancellation = new CancellationTokenSource();

        // Long enough for any machine to be cancelled in the middle: 16 images of 500 steps.
        var running = generator.GenerateImagesAsync("", new ImageGenerationOptions { Count = 16 }, cancellation.Token);
        var waiting = generator.GenerateImagesAsync("", new ImageGenerationOptions { Count = 16 }, cancellation.Token);
        cancellation.CancelAfter(50);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.NotEmpty((await generator.GenerateImagesAsync("", new() { AdditionalProperties = new() { ["Steps"] = 1 } })).Contents);
    }

    [Fact]
    public async Task A_request_that_is_already_cancelled_does_nothing()
    {
        using var generator = TestModels.OpenSmall("unconditional");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => generator.GenerateImagesAsync("", cancellationToken: new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task A_generator_that_is_closed_during_a_request_finishes_it_or_says_that_it_is_closed()
    {
        using var model = SmallDiffusion.Create();
        var generator = new LatentDiffusionImageGenerator(model, new LatentDiffusionOptions { Steps = 50 });

        var requests = Enumerable.Range(0, 4).Select(_ => generator.GenerateImagesAsync("")).ToArray();
        await Task.Delay(20);
        generator.Dispose();

        var results = await Task.WhenAll(requests.Select(request => request.ContinueWith(done => done.Exception?.InnerException, TaskScheduler.Default)));
        Assert.All(results, error => Assert.True(error is null or ObjectDisposedException, $"{error}"));
    }

    private static async Task<byte[]> Draw(LatentDiffusionImageGenerator generator, string label)
    {
        var response = await generator.GenerateImagesAsync(label, new() { AdditionalProperties = new() { ["Seed"] = 1 } });
        return ((DataContent)response.Contents[0]).Data.ToArray();
    }
}
