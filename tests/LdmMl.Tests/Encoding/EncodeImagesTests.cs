using System.Runtime.InteropServices;
using LdmMl.Images;
using LdmMl.Tests.Autoencoders;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Tests.Encoding;

public sealed class EncodeImagesTests : IDisposable
{
    private readonly MLContext context = new(seed: 1);
    private readonly AutoencoderModel model = TestAutoencoders.Kl();

    public void Dispose() => model.Dispose();

    [Fact]
    public void Latents_equal_those_of_the_model()
    {
        var rows = ImageRows.Load(context);
        var output = context.Transforms.EncodeImages("Latent", model, "Image").Fit(rows).Transform(rows);
        using var scope = NewDisposeScope();
        float[] wanted = [.. model.Encode(Images(11)).data<float>()];
        Assert.Equal(wanted, ImageRows.Latents(output).SelectMany(latent => latent));
        Assert.Equal("Vector<Single, 3, 4, 4>", output.Schema["Latent"].Type.ToString());
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(10, false)]
    [InlineData(64, true)]
    public void Batch_size_and_prefetching_change_no_bit(int batchSize, bool prefetch) =>
        Assert.Equal(Sample(new MLContext(), 16, true), Sample(new MLContext(), batchSize, prefetch));

    [Fact]
    public void A_sampled_row_is_the_mean_plus_the_deviation_times_the_noise_of_its_own_seed()
    {
        var sampled = Sample(context, 4, prefetch: true);
        using var scope = NewDisposeScope();
        var images = Images(11);
        for (var row = 0; row < 11; row++)
        {
            using var generator = new Generator((ulong)(1000 + row), CPU);
            var noise = randn([3, 4, 4], generator: generator).unsqueeze(0);
            Assert.Equal(model.Encode(images.narrow(0, row, 1), noise).data<float>().ToArray(), sampled[row]);
        }
    }

    [Fact]
    public void A_sampled_row_is_the_same_in_any_order()
    {
        var rows = ImageRows.Create(11);
        IDataView straight = context.Data.LoadFromEnumerable(rows), reversed = context.Data.LoadFromEnumerable(rows.Reverse());
        var transformer = context.Transforms.EncodeImages(model, Sampled(4, prefetch: true)).Fit(straight);
        Assert.Equal(ImageRows.Latents(transformer.Transform(straight)), ImageRows.Latents(transformer.Transform(reversed)).Reverse());
    }

    [Fact]
    public void A_missing_image_gives_NaN_and_does_not_affect_the_others()
    {
        var rows = ImageRows.Create(7);
        var wanted = Latents(rows);
        rows[2].Image = null!;
        rows[5].Image = null!;
        var given = Latents(rows);
        Assert.All(given[2].Concat(given[5]), value => Assert.True(float.IsNaN(value)));
        Assert.Equal(3 * 4 * 4, given[2].Length);
        foreach (var i in (int[])[0, 1, 3, 4, 6])
            Assert.Equal(wanted[i], given[i]);
    }

    [Fact]
    public void A_batch_of_only_missing_images_gives_NaN()
    {
        var rows = ImageRows.Create(2);
        rows[0].Image = rows[1].Image = null!;
        Assert.All(Latents(rows).SelectMany(latent => latent), value => Assert.True(float.IsNaN(value)));
    }

    [Fact]
    public void KMeans_clusters_latents()
    {
        var rows = ImageRows.Load(context);
        var pipeline = context.Transforms.EncodeImages("Latent", model, "Image").Append(context.Clustering.Trainers.KMeans("Latent", numberOfClusters: 2));
        Assert.Equal(11, pipeline.Fit(rows).Transform(rows).GetColumn<uint>("PredictedLabel").Count());
    }

    [Fact]
    public void An_autoencoder_without_a_posterior_refuses_seeds()
    {
        using var tiny = TestAutoencoders.Tiny();
        var exception = Assert.Throws<OptionException>(() => context.Transforms.EncodeImages(tiny, Sampled(4, prefetch: true)));
        Assert.Contains("has no posterior to sample from, so it must be null.", exception.Message, StringComparison.Ordinal);
    }

    private float[][] Latents(ImageRows.Row[] rows)
    {
        var view = context.Data.LoadFromEnumerable(rows);
        return ImageRows.Latents(context.Transforms.EncodeImages("Latent", model, "Image").Fit(view).Transform(view));
    }

    private float[][] Sample(MLContext context, int batchSize, bool prefetch)
    {
        var rows = ImageRows.Load(context);
        return ImageRows.Latents(context.Transforms.EncodeImages(model, Sampled(batchSize, prefetch)).Fit(rows).Transform(rows));
    }

    private static EncodeImagesOptions Sampled(int batchSize, bool prefetch) =>
        new() { OutputColumnName = "Latent", InputColumnName = "Image", SeedColumnName = "Seed", BatchSize = batchSize, Prefetch = prefetch };

    private static Tensor Images(int count)
    {
        var images = empty([count, 3, ImageRows.Side, ImageRows.Side]);
        var planes = MemoryMarshal.Cast<byte, float>(images.bytes);
        for (var i = 0; i < count; i++)
        {
            var length = planes.Length / count;
            using var picture = ImageRows.Picture(i, ImageRows.Side, ImageRows.Side);
            MLImagePlanes.ToPlanes(picture, PixelColor.White, PixelRange.MinusOneToOne, planes.Slice(i * length, length), 3);
        }

        return images;
    }
}
