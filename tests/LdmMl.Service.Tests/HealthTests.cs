using System.Net;
using ImageService.Queue;
using Microsoft.Extensions.DependencyInjection;

namespace ImageService.Tests;

public class HealthTests(LabelService fixture) : IClassFixture<LabelService>
{
    [Fact]
    public async Task A_service_with_an_open_model_is_alive_and_ready()
    {
        Assert.Equal("Healthy", await fixture.Service.Client.GetStringAsync("/health/live"));
        Assert.Equal("Healthy", await fixture.Service.Client.GetStringAsync("/health/ready"));
    }

    [Fact]
    public async Task Until_the_model_is_open_the_service_is_alive_but_not_ready_and_says_when_to_try_again()
    {
        await using var opening = await Service.StartWith(
            services => services.Remove(services.Single(service => service.ImplementationType == typeof(Worker))), fixture.Model);

        Assert.Equal(HttpStatusCode.OK, (await opening.Client.GetAsync("/health/live")).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await opening.Client.GetAsync("/health/ready")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await opening.Client.GetAsync("/")).StatusCode);
        using var asked = await opening.Post(new { label = "cat" });
        using var described = await opening.Client.GetAsync("/model");
        foreach (var response in (HttpResponseMessage[])[asked, described])
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Assert.Equal("The model is still being opened; try again in a moment.", await Service.Problem(response));
            Assert.NotNull(response.Headers.RetryAfter);
        }
    }

    [Fact]
    public async Task Requests_are_finished_before_the_service_stops()
    {
        var service = await Service.Start(fixture.Model, "LatentDiffusion:Steps=20");
        Task<byte[]>[] drawn;
        Task stopped;
        using (service.Occupy())
        {
            drawn = [.. Enumerable.Range(0, 3).Select(seed => service.Draw(new { seed }))];
            await service.UntilWaiting(3);
            stopped = service.DisposeAsync().AsTask();
        }

        await Task.WhenAll([stopped, .. drawn]);
        Assert.All(drawn, image => Assert.NotEmpty(image.Result));
    }
}
