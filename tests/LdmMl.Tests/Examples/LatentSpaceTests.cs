using LatentSpace;
using LdmMl.Tests.Autoencoders;
using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Tests.Examples;

/// <summary>The example's clusters and walks, with the shipped autoencoder and emoji.</summary>
public sealed class LatentSpaceTests : IDisposable
{
    private readonly MLContext context = new(seed: 1);
    private readonly AutoencoderModel model = AutoencoderModel.Load(ExampleFiles.Model);

    public void Dispose() => model.Dispose();

    [Fact]
    public void KMeans_assigns_every_emoji_to_the_nearest_cluster()
    {
        string[] files = [.. ExampleFiles.Emoji.Take(20)];
        var clusters = Clusters.Find(context, model, files, count: 4);
        Assert.Equal(files, clusters.Rows.Select(row => row.Path));
        Assert.All(clusters.Rows, row => Assert.Equal(row.Cluster, (uint)Array.IndexOf(row.Distances, row.Distances.Min()) + 1));
        Assert.Equal(20, Enumerable.Range(0, 4).Sum(cluster => clusters.Members(cluster).Count));

        double within = clusters.Rows.Sum(row => row.Distances.Min());
        var around = SumOfSquares(clusters.Rows.Select(row => row.Latent));
        Assert.InRange(within / around, 0, (20.0 - 4) / (20 - 1));   // the value for four random groups

        Assert.Equal(clusters.Rows.Select(row => row.Cluster), Clusters.Find(new MLContext(seed: 1), model, files, count: 4).Rows.Select(row => row.Cluster));
    }

    [Fact]
    public void A_walk_begins_and_ends_at_the_reconstructions()
    {
        string[] files = [.. ExampleFiles.Emoji.Take(4)];
        var rows = Clusters.Find(context, model, files, count: 2).Rows;
        var walk = Walk.Between(context, model, rows[0], rows[3], steps: 3);
        var images = context.Data.LoadFromEnumerable(rows.Select(row => new { row.Path }));
        var reconstructions = ImageRows.Pixels(
            context.Transforms.LoadImageFiles("Image", "Path").Append(context.Transforms.ResizeImagesAntialiased("Image", 64, 64, fit: ImageFit.PadToFit))
                .Append(context.Transforms.ReconstructImages("Out", model, "Image")).Fit(images).Transform(images), "Out");
        Assert.Equal([reconstructions[0], reconstructions[3]], [walk[0].Pixels.ToArray(), walk[2].Pixels.ToArray()]);
        Assert.NotEqual(reconstructions[0], walk[1].Pixels.ToArray());
        Assert.NotEqual(reconstructions[3], walk[1].Pixels.ToArray());
    }

    private static double SumOfSquares(IEnumerable<float[]> points)
    {
        float[][] all = [.. points];
        double[] mean = [.. Enumerable.Range(0, all[0].Length).Select(i => all.Average(point => (double)point[i]))];
        return all.Sum(point => point.Zip(mean).Sum(pair => (pair.First - pair.Second) * (pair.First - pair.Second)));
    }
}
