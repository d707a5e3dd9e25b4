using LdmMl.Extensions;
using Microsoft.Extensions.AI;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Configuration.AddInMemoryCollection([new("LatentDiffusion:Model", "emoji"), new("LatentDiffusion:Steps", "4")]);
builder.Services.AddLatentDiffusion(builder.Configuration.GetSection("LatentDiffusion"));
builder.Services.AddImageGenerator(services => services.GetRequiredService<LatentDiffusionImageGenerator>()).UseLogging().UseOpenTelemetry();
var app = builder.Build();
app.MapGet("/images/{label}/{seed}", async (string label, long seed, IImageGenerator generator, CancellationToken cancellation) =>
{
    var response = await generator.GenerateImagesAsync(label, new() { AdditionalProperties = new() { ["Seed"] = seed } }, cancellation);
    var image = (DataContent)response.Contents.Single();
    return Results.Bytes(image.Data.ToArray(), image.MediaType);
});

// The program sends its own first requests: the same picture twice at the same time, and another one.
await app.StartAsync();
using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
var answers = await Task.WhenAll(new[] { "Flags/7", "Flags/7", "Flags/8" }.Select(image => client.GetByteArrayAsync("/images/" + image)));
Console.WriteLine($"same {answers[0].AsSpan().SequenceEqual(answers[1])}, other {!answers[0].AsSpan().SequenceEqual(answers[2])}");
await app.StopAsync();
