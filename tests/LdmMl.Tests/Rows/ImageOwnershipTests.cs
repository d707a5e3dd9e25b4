using LdmMl.Tests.Autoencoders;
using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Tests.Rows;

/// <summary>An image that a transform creates belongs to whoever read it.</summary>
public sealed class ImageOwnershipTests : IDisposable
{
    private readonly MLContext context = new(seed: 1);
    private readonly AutoencoderModel model = TestAutoencoders.Kl();

    public void Dispose() => model.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Images_of_all_rows_can_be_kept(int batchSize)
    {
        var rows = ImageRows.Load(context, 7);
        using var chain = Chain(batchSize).Fit(rows);
        var output = chain.Transform(rows);
        OutRow[] kept = [.. context.Data.CreateEnumerable<OutRow>(output, reuseRowObject: false)];
        Assert.Equal(ImageRows.Pixels(output, "Small"), kept.Select(row => row.Small.Pixels.ToArray()));
        Assert.Equal(ImageRows.Pixels(output, "Out"), kept.Select(row => row.Out.Pixels.ToArray()));
        Assert.Equal(ImageRows.Pixels(rows, "Image"), kept.Select(row => row.Image.Pixels.ToArray()));
        Array.ForEach(kept, row => row.Out.Dispose());
    }

    [Fact]
    public void Images_of_one_column_can_be_kept()
    {
        var rows = ImageRows.Load(context, 7);
        using var transformer = context.Transforms.ReconstructImages("Out", model, "Image").Fit(rows);
        MLImage[] kept = [.. transformer.Transform(rows).GetColumn<MLImage>("Out")];
        Assert.Equal(ImageRows.Pixels(transformer.Transform(rows), "Out"), kept.Select(image => image.Pixels.ToArray()));
    }

    [Fact]
    public void A_prediction_engine_gives_an_image_that_outlives_the_next_prediction()
    {
        var rows = ImageRows.Create(3);
        var view = context.Data.LoadFromEnumerable(rows);
        using var chain = Chain(batchSize: 4).Fit(view);
        using var engine = context.Model.CreatePredictionEngine<ImageRows.Row, OutRow>(chain, new PredictionEngineOptions { OwnsTransformer = false });
        OutRow[] kept = [.. rows.Select(row => engine.Predict(row))];
        Assert.Equal(ImageRows.Pixels(chain.Transform(view), "Out"), kept.Select(row => row.Out.Pixels.ToArray()));
    }

    [Fact]
    public void Images_in_memory_that_a_pipeline_reads_are_not_disposed()
    {
        var rows = ImageRows.Create(9);
        byte[][] before = [.. rows.Select(row => row.Image.Pixels.ToArray())];
        var view = context.Data.LoadFromEnumerable(rows);
        using var chain = Chain(batchSize: 2).Append(context.Transforms.ScoreImageQuality("Small", "Out")).Fit(view);
        Assert.Equal(9, chain.Transform(view).GetColumn<float>("Psnr").Count(float.IsFinite));
        Assert.Equal(before, rows.Select(row => row.Image.Pixels.ToArray()));
    }

    [Fact]
    public void Images_that_are_kept_and_read_by_another_pipeline_are_not_disposed()
    {
        var rows = ImageRows.Load(context, 5);
        using var chain = Chain(batchSize: 2).Fit(rows);
        OutRow[] kept = [.. context.Data.CreateEnumerable<OutRow>(chain.Transform(rows), reuseRowObject: false)];
        byte[][] before = [.. kept.Select(row => row.Out.Pixels.ToArray())];
        var again = context.Data.LoadFromEnumerable(kept);
        using var score = context.Transforms.ScoreImageQuality("Small", "Out").Fit(again);
        for (var pass = 0; pass < 2; pass++)
            Assert.Equal(5, score.Transform(again).GetColumn<float>("Psnr").Count(float.IsFinite));
        Assert.Equal(before, kept.Select(row => row.Out.Pixels.ToArray()));
    }

    private EstimatorChain<RowTransformer> Chain(int batchSize) =>
        context.Transforms.ResizeImagesAntialiased("Small", 8, 8, "Image").Append(context.Transforms.ReconstructImages(
            model, new ReconstructImagesOptions { OutputColumnName = "Out", InputColumnName = "Small", BatchSize = batchSize }));

    private sealed class OutRow
    {
        [ImageType(ImageRows.Side, ImageRows.Side)]
        public MLImage Image { get; set; } = null!;

        [ImageType(8, 8)]
        public MLImage Small { get; set; } = null!;

        [ImageType(8, 8)]
        public MLImage Out { get; set; } = null!;
    }
}
