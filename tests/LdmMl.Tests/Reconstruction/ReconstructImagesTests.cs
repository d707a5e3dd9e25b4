using LdmMl.Tests.Autoencoders;
using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Tests.Reconstruction;

public sealed class ReconstructImagesTests : IDisposable
{
    private readonly MLContext context = new(seed: 1);
    private readonly AutoencoderModel model = TestAutoencoders.Kl();

    public void Dispose() => model.Dispose();

    [Fact]
    public void Reconstructing_is_encoding_and_decoding()
    {
        var rows = ImageRows.Load(context);
        var output = context.Transforms.EncodeImages("Latent", model, "Image")
            .Append(context.Transforms.DecodeLatents("Decoded", model, "Latent"))
            .Append(context.Transforms.ReconstructImages("Reconstructed", model, "Image"))
            .Fit(rows).Transform(rows);
        Assert.Equal(ImageRows.Pixels(output, "Decoded"), ImageRows.Pixels(output, "Reconstructed"));
        Assert.Equal((16, 16), (((ImageDataViewType)output.Schema["Decoded"].Type).Height, ((ImageDataViewType)output.Schema["Reconstructed"].Type).Width));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(3, false)]
    [InlineData(4, true)]
    public void Batch_size_and_prefetching_change_no_bit(int batchSize, bool prefetch)
    {
        Assert.Equal(Reconstruct(Options with { BatchSize = 16 }), Reconstruct(Options with { BatchSize = batchSize, Prefetch = prefetch }));
    }

    [Fact]
    public void The_users_images_in_memory_are_never_disposed()
    {
        var rows = ImageRows.Create(9);
        byte[][] before = [.. rows.Select(row => row.Image.Pixels.ToArray())];
        var view = context.Data.LoadFromEnumerable(rows);
        var output = context.Transforms.ReconstructImages("Out", model, "Image").Fit(view).Transform(view);
        var at = 0;
        foreach (var row in context.Data.CreateEnumerable<ReconstructedRow>(output, reuseRowObject: false))
        {
            Assert.Equal(before[at++], row.Image.Pixels.ToArray());
            Assert.Equal(16 * 16 * 4, row.Out.Pixels.Length);
        }

        Assert.Equal(9, at);
        Assert.Equal(before, rows.Select(row => row.Image.Pixels.ToArray()));
    }

    [Fact]
    public void A_prediction_engine_gives_the_same_values_as_a_cursor()
    {
        var rows = ImageRows.Create(5);
        var view = context.Data.LoadFromEnumerable(rows);
        var transformer = context.Transforms.ReconstructImages("Out", model, "Image").Fit(view);
        var wanted = ImageRows.Pixels(transformer.Transform(view), "Out");
        using var engine = context.Model.CreatePredictionEngine<ImageRows.Row, OutRow>(transformer);
        for (var i = 0; i < rows.Length; i++)
            Assert.Equal(wanted[i], engine.Predict(rows[i]).Out.Pixels.ToArray());
    }

    [Fact]
    public async Task Four_threads_read_one_transformer()
    {
        var rows = ImageRows.Load(context);
        var output = context.Transforms.ReconstructImages(model, Options).Fit(rows).Transform(rows);
        var wanted = ImageRows.Pixels(output, "Out");
        var given = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => ImageRows.Pixels(output, "Out"))));
        Assert.All(given, pixels => Assert.Equal(wanted, pixels));
    }

    [Fact]
    public void Transformers_outlive_the_callers_model_and_each_other()
    {
        var rows = ImageRows.Load(context);
        var model = TestAutoencoders.Kl();
        var first = context.Transforms.ReconstructImages("Out", model, "Image").Fit(rows);
        var second = context.Transforms.ReconstructImages("Out", model, "Image").Fit(rows);
        var wanted = ImageRows.Pixels(first.Transform(rows), "Out");
        model.Dispose();
        first.Dispose();
        Assert.Equal(wanted, ImageRows.Pixels(second.Transform(rows), "Out"));
        var exception = Assert.Throws<ObjectDisposedException>(() => ImageRows.Pixels(first.Transform(rows), "Out"));
        Assert.StartsWith("This transformer is disposed. A PredictionEngine disposes its transformer unless", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cursor_that_is_open_outlives_its_transformer()
    {
        var rows = ImageRows.Load(context);
        var model = TestAutoencoders.Kl();
        var transformer = context.Transforms.ReconstructImages(model, Options with { BatchSize = 4 }).Fit(rows);
        var output = transformer.Transform(rows);
        var wanted = ImageRows.Pixels(output, "Out");
        using var cursor = output.GetRowCursor([output.Schema["Out"]]);
        var getter = cursor.GetGetter<MLImage>(output.Schema["Out"]);
        MLImage image = null!;
        for (var i = 0; cursor.MoveNext(); i++)
        {
            getter(ref image);
            Assert.Equal(wanted[i], image.Pixels.ToArray());
            if (i != 2)
                continue;
            transformer.Dispose();
            model.Dispose();
        }
    }

    [Fact]
    public void A_grey_autoencoder_gives_grey_images()
    {
        using var grey = TestAutoencoders.Grey();
        var rows = ImageRows.Load(context, 3);
        var pixels = ImageRows.Pixels(context.Transforms.ReconstructImages("Out", grey, "Image").Fit(rows).Transform(rows), "Out")[1]!;
        Assert.All(pixels.Chunk(4), pixel => Assert.Equal((pixel[0], pixel[0], (byte)255), (pixel[1], pixel[2], pixel[3])));
    }

    [Fact]
    public void A_missing_image_stays_missing_and_does_not_affect_the_others()
    {
        var rows = ImageRows.Create(5);
        var wanted = Reconstruct(Options, rows);
        rows[1].Image = null!;
        var given = Reconstruct(Options, rows);
        Assert.Null(given[1]);
        wanted[1] = null;
        Assert.Equal(wanted, given);
    }

    private static ReconstructImagesOptions Options => new() { OutputColumnName = "Out", InputColumnName = "Image" };

    private byte[]?[] Reconstruct(ReconstructImagesOptions options, ImageRows.Row[]? rows = null)
    {
        var view = context.Data.LoadFromEnumerable(rows ?? ImageRows.Create(11));
        return ImageRows.Pixels(context.Transforms.ReconstructImages(model, options).Fit(view).Transform(view), "Out");
    }

    private sealed class OutRow
    {
        [ImageType(16, 16)]
        public MLImage Out { get; set; } = null!;
    }

    private sealed class ReconstructedRow
    {
        [ImageType(16, 16)]
        public MLImage Image { get; set; } = null!;

        [ImageType(16, 16)]
        public MLImage Out { get; set; } = null!;
    }
}
