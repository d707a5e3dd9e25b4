using LdmMl;
using LdmMl.Torch.Generation;
using Microsoft.ML;
using Microsoft.ML.Data;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseUrls("http://127.0.0.1:0");
var app = builder.Build();
using var model = LatentDiffusionModel.Load("emoji");
var mlContext = new MLContext();
var schema = mlContext.Data.LoadFromEnumerable(new[] { new Request(0, "") });
var generator = mlContext.Transforms.GenerateImages("Image", model, seedColumnName: "Seed", labelColumnName: "Label").Fit(schema);
app.MapGet("/images/{label}/{seed}", (string label, long seed) =>
{
    var rows = mlContext.Data.LoadFromEnumerable(new[] { new Request(seed, label) });
    return Results.Bytes(generator.Transform(rows).GetColumn<MLImage>("Image").Single().Pixels.ToArray());
});

// The program sends its own first requests: the same picture twice at the same time.
await app.StartAsync();
using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
var answers = await Task.WhenAll(client.GetByteArrayAsync("/images/Flags/7"), client.GetByteArrayAsync("/images/Flags/7"));
Console.WriteLine($"served {answers[0].Length > 0 && answers[0].AsSpan().SequenceEqual(answers[1])}");
await app.StopAsync();

internal sealed record Request(long Seed, string Label);
