using LdmMl;
using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace LatentSpace;

/// <summary>Groups of emoji with similar latents: any ML.NET trainer can use the vectors of <c>EncodeImages</c>.</summary>
internal sealed class Clusters
{
    private Clusters(IReadOnlyList<EmojiRow> rows, IReadOnlyList<float[]> middles) => (Rows, Middles) = (rows, middles);

    public IReadOnlyList<EmojiRow> Rows { get; }

    /// <summary>Gets the centre of each cluster: a latent like any other, which can be decoded to a picture.</summary>
    public IReadOnlyList<float[]> Middles { get; }

    public static Clusters Find(MLContext mlContext, AutoencoderModel autoencoder, IEnumerable<string> files, int count)
    {
        var paths = mlContext.Data.LoadFromEnumerable(files.Select(path => new { Path = path }));
        var kMeans = new KMeansTrainer.Options { FeatureColumnName = "Latent", NumberOfClusters = count, NumberOfThreads = 1 };
        using var model = mlContext.Transforms.LoadImageFiles("Image", "Path")
            .Append(mlContext.Transforms.ResizeImagesAntialiased("Image", 64, 64, fit: ImageFit.PadToFit))
            .Append(mlContext.Transforms.EncodeImages("Latent", autoencoder, "Image"))
            .AppendCacheCheckpoint(mlContext)                       // KMeans reads its data many times: encode once
            .Append(mlContext.Clustering.Trainers.KMeans(kMeans))
            .Fit(paths);

        VBuffer<float>[] middles = [];
        model.LastTransformer.Model.GetClusterCentroids(ref middles, out _);
        var rows = mlContext.Data.CreateEnumerable<EmojiRow>(model.Transform(paths), reuseRowObject: false).ToList();
        return new Clusters(rows, [.. middles.Select(middle => middle.DenseValues().ToArray())]);
    }

    /// <summary>Finds an emoji by its name.</summary>
    public EmojiRow Find(string name) => Rows.First(row => row.Name == name);

    /// <summary>Returns the members of a cluster, starting with those closest to its centre.</summary>
    public IReadOnlyList<EmojiRow> Members(int cluster) =>
        [.. Rows.Where(row => row.Cluster == cluster + 1).OrderBy(row => row.Distances[cluster])];
}
