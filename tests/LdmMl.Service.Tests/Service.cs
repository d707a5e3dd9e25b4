using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ImageService.Queue;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace ImageService.Tests;

/// <summary>The service on Kestrel, on a free port of the loopback interface.</summary>
internal sealed class Service : IAsyncDisposable
{
    private readonly WebApplication application;

    private Service(WebApplication application)
    {
        this.application = application;
        Client = NewClient();
    }

    public HttpClient Client { get; }

    public Uri Address => new(application.Urls.Single());

    public Reception Reception => application.Services.GetRequiredService<Reception>();

    public static string Folder { get; } = Path.Combine(RealData.Repository, "examples", "ImageService");

    /// <summary>Starts a service and waits until its model is open.</summary>
    /// <param name="model">The folder of the model.</param>
    /// <param name="settings">Further settings, such as <c>Service:QueueCapacity=2</c>.</param>
    public static async Task<Service> Start(string model, params string[] settings)
    {
        var service = await StartWith(change: null, model, settings);
        await Until(async () => (await service.Client.GetAsync("/health/ready")).IsSuccessStatusCode);
        return service;
    }

    /// <summary>Starts a service whose services are changed, and does not wait.</summary>
    public static async Task<Service> StartWith(Action<IServiceCollection>? change, string model, params string[] settings)
    {
        string[] given =
            [$"contentRoot={Folder}", "urls=http://127.0.0.1:0", "Logging:LogLevel:Default=None", $"LatentDiffusion:Model={model}", .. settings];
        var application = ImageApplication.Create([.. given.Select(setting => $"--{setting}")], change);
        await application.StartAsync();
        return new Service(application);
    }

    /// <summary>A client with connections of its own.</summary>
    public HttpClient NewClient() => new() { BaseAddress = Address };

    /// <summary>Sends a request for an image.</summary>
    public Task<HttpResponseMessage> Post(
        object order, string? accept = null, HttpClient? client = null, HttpCompletionOption completion = HttpCompletionOption.ResponseContentRead,
        CancellationToken cancellation = default)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/images") { Content = JsonContent.Create(order) };
        if (accept is not null)
            request.Headers.TryAddWithoutValidation("Accept", accept);
        return (client ?? Client).SendAsync(request, completion, cancellation);
    }

    /// <summary>Sends a request for an image and returns its PNG.</summary>
    public async Task<byte[]> Draw(object order)
    {
        using var response = await Post(order);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return await response.Content.ReadAsByteArrayAsync();
    }

    /// <summary>Sends text to an address.</summary>
    public Task<HttpResponseMessage> Send(string address, byte[] body, string type)
    {
        var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return Client.PostAsync(address, content);
    }

    public Task<HttpResponseMessage> SendJson(string text) => Send("/images", Encoding.UTF8.GetBytes(text), "application/json");

    /// <summary>Reads a problem and checks that it is one as RFC 9457 describes them.</summary>
    public static async Task<string> Problem(HttpResponseMessage response)
    {
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal((int)response.StatusCode, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.GetProperty("title").GetString()!);
        return problem.TryGetProperty("detail", out var detail) ? detail.GetString()! : "";
    }

    /// <summary>Keeps the worker busy until the result is disposed.</summary>
    public Occupation Occupy() => new(Reception);

    /// <summary>Waits until as many requests wait.</summary>
    public Task UntilWaiting(int count) => Until(() => Task.FromResult(Reception.Waiting == count));

    /// <summary>Waits until something holds; a test that would wait forever fails.</summary>
    public static async Task Until(Func<Task<bool>> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await holds())
            await Task.Delay(5, patience.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await application.StopAsync();
        await application.DisposeAsync();
        Client.Dispose();
    }
}
