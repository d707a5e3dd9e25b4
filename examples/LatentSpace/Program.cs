// dotnet run --project examples/LatentSpace [-- OUTPUT_FOLDER [CLUSTERS]]
// Latents are ordinary vectors: clusters the 48 emoji by them with ML.NET's KMeans, and walks from one emoji to another.
using System.Globalization;
using LatentSpace;
using LdmMl;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Native;
using Microsoft.ML;
using Microsoft.ML.Data;

TorchRuntime.KeepFreedMemory();
var output = Directory.CreateDirectory(args.ElementAtOrDefault(0) ?? Path.Combine("out", "latent-space")).FullName;
var count = int.Parse(args.ElementAtOrDefault(1) ?? "6", CultureInfo.InvariantCulture);
var mlContext = new MLContext(seed: 1);
using var autoencoder = AutoencoderModel.Load(ExampleFiles.Model);

// 1. Cluster. The centre of a cluster is a latent as well: its picture is the first in its line.
var clusters = Clusters.Find(mlContext, autoencoder, ExampleFiles.Emoji, count);
var middles = Pictures.Decode(mlContext, autoencoder, clusters.Middles);
var lines = new List<IReadOnlyList<MLImage>>();
for (var cluster = 0; cluster < count; cluster++)
{
    var members = clusters.Members(cluster);
    Console.WriteLine($"cluster {cluster + 1}, {members.Count,2} emoji: {string.Join(", ", members.Select(row => row.Name))}");
    lines.Add([middles[cluster], .. members.Select(row => row.Image)]);
}
ImageGrid.Save(Path.Combine(output, "clusters.png"), lines, groupsPerRow: 1);

// 2. Walk from emoji to emoji, along the sphere near which latents lie.
var walks = new List<IReadOnlyList<MLImage>>();
foreach (var (from, to) in (ReadOnlySpan<(string, string)>)[("fox-face", "lion-face"), ("red-apple", "ghost"), ("robot-face", "panda-face")])
    walks.Add(Walk.Between(mlContext, autoencoder, clusters.Find(from), clusters.Find(to), steps: 9));
ImageGrid.Save(Path.Combine(output, "walks.png"), walks, groupsPerRow: 1);
Console.WriteLine($"Clusters, each preceded by its centre: {Path.Combine(output, "clusters.png")}; walks: {Path.Combine(output, "walks.png")}");
