using LdmMl.Tests.Autoencoders;
using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Tests.Reconstruction;

public sealed class ReconstructImagesTests : IDisposable
{
    private readonly MLContext _context = new(seed: 1);
    private readonly AutoencoderModel _model = TestAutoencoders.Kl();

    public void Dispose() => _model.Dispose();

    [Fact]
    public void Reconstructing_is_encoding_and_decoding()
    {
        IDataView rows = ImageRows.Load(_context);
        IDataView output = _context.Transforms.EncodeImages("Latent", "Image", _model)
            .Append(_context.Transforms.DecodeLatents("Decoded", "Latent", _model))
            .Append(_context.Transforms.ReconstructImages("Reconstructed", "Image", _model))
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
    public void Images_in_memory_are_never_disposed_under_the_user()
    {
        ImageRows.Row[] rows = ImageRows.Create(9);
        byte[][] before = [.. rows.Select(row => row.Image.Pixels.ToArray())];
        IDataView view = _context.Data.LoadFromEnumerable(rows);
        IDataView output = _context.Transforms.ReconstructImages("Out", "Image", _model).Fit(view).Transform(view);
        int at = 0;
        foreach (ReconstructedRow row in _context.Data.CreateEnumerable<ReconstructedRow>(output, reuseRowObject: false))
        {
            Assert.Equal(before[at++], row.Image.Pixels.ToArray());
            Assert.Equal(16 * 16 * 4, row.Out.Pixels.Length);
        }

        Assert.Equal(9, at);
        Assert.Equal(before, rows.Select(row => row.Image.Pixels.ToArray()));
    }

    [Fact]
    public void A_prediction_engine_gives_what_a_cursor_gives()
    {
        ImageRows.Row[] rows = ImageRows.Create(5);
        IDataView view = _context.Data.LoadFromEnumerable(rows);
        ReconstructImagesTransformer transformer = _context.Transforms.ReconstructImages("Out", "Image", _model).Fit(view);
        byte[]?[] wanted = ImageRows.Pixels(transformer.Transform(view), "Out");
        using PredictionEngine<ImageRows.Row, OutRow> engine = _context.Model.CreatePredictionEngine<ImageRows.Row, OutRow>(transformer);
        for (int i = 0; i < rows.Length; i++)
            Assert.Equal(wanted[i], engine.Predict(rows[i]).Out.Pixels.ToArray());
    }

    [Fact]
    public async Task Four_threads_read_one_transformer()
    {
        IDataView rows = ImageRows.Load(_context);
        IDataView output = _context.Transforms.ReconstructImages(_model, Options).Fit(rows).Transform(rows);
        byte[]?[] wanted = ImageRows.Pixels(output, "Out");
        byte[]?[][] given = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => ImageRows.Pixels(output, "Out"))));
        Assert.All(given, pixels => Assert.Equal(wanted, pixels));
    }

    [Fact]
    public void Transformers_outlive_the_callers_model_and_each_other()
    {
        IDataView rows = ImageRows.Load(_context);
        AutoencoderModel model = TestAutoencoders.Kl();
        ReconstructImagesTransformer first = _context.Transforms.ReconstructImages("Out", "Image", model).Fit(rows);
        ReconstructImagesTransformer second = _context.Transforms.ReconstructImages("Out", "Image", model).Fit(rows);
        byte[]?[] wanted = ImageRows.Pixels(first.Transform(rows), "Out");
        model.Dispose();
        first.Dispose();
        Assert.Equal(wanted, ImageRows.Pixels(second.Transform(rows), "Out"));
        var exception = Assert.Throws<ObjectDisposedException>(() => ImageRows.Pixels(first.Transform(rows), "Out"));
        Assert.StartsWith("This transformer is disposed. A PredictionEngine disposes its transformer with itself", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cursor_that_is_open_outlives_its_transformer()
    {
        IDataView rows = ImageRows.Load(_context);
        AutoencoderModel model = TestAutoencoders.Kl();
        ReconstructImagesTransformer transformer = _context.Transforms.ReconstructImages(model, Options with { BatchSize = 4 }).Fit(rows);
        IDataView output = transformer.Transform(rows);
        byte[]?[] wanted = ImageRows.Pixels(output, "Out");
        using DataViewRowCursor cursor = output.GetRowCursor([output.Schema["Out"]]);
        ValueGetter<MLImage> getter = cursor.GetGetter<MLImage>(output.Schema["Out"]);
        MLImage image = null!;
        for (int i = 0; cursor.MoveNext(); i++)
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
        using AutoencoderModel grey = TestAutoencoders.Grey();
        IDataView rows = ImageRows.Load(_context, 3);
        byte[] pixels = ImageRows.Pixels(_context.Transforms.ReconstructImages("Out", "Image", grey).Fit(rows).Transform(rows), "Out")[1]!;
        Assert.All(pixels.Chunk(4), pixel => Assert.Equal((pixel[0], pixel[0], (byte)255), (pixel[1], pixel[2], pixel[3])));
    }

    [Fact]
    public void A_missing_image_stays_missing_and_leaves_the_others_alone()
    {
        ImageRows.Row[] rows = ImageRows.Create(5);
        byte[]?[] wanted = Reconstruct(Options, rows);
        rows[1].Image = null!;
        byte[]?[] given = Reconstruct(Options, rows);
        Assert.Null(given[1]);
        wanted[1] = null;
        Assert.Equal(wanted, given);
    }

    private static ReconstructImagesOptions Options => new() { OutputColumnName = "Out", InputColumnName = "Image" };

    private byte[]?[] Reconstruct(ReconstructImagesOptions options, ImageRows.Row[]? rows = null)
    {
        IDataView view = _context.Data.LoadFromEnumerable(rows ?? ImageRows.Create(11));
        return ImageRows.Pixels(_context.Transforms.ReconstructImages(_model, options).Fit(view).Transform(view), "Out");
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
