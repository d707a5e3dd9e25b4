using LdmMl.Images;
using LdmMl.Tests.Autoencoders;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace LdmMl.Tests.Scoring;

public sealed class ScorePerceptualDistanceTests : IDisposable
{
    private readonly MLContext context = new(seed: 1);
    private readonly PerceptualModel model = PairRows.SmallModel();

    public void Dispose() => model.Dispose();

    [Fact]
    public void Scores_equal_the_models_distances_of_images_in_minus_one_to_one()
    {
        var rows = PairRows.Create(5);
        var scored = PairRows.Score(model, rows);
        for (var i = 0; i < rows.Length; i++)
        {
            using var scope = NewDisposeScope();
            using var wanted = model.Distances(
                PairRows.Planes(rows[i].First), PairRows.Planes(rows[i].Second), PixelRange.MinusOneToOne, spatial: true);
            Assert.Equal(wanted.Total.item<float>(), scored[i].PerceptualDistance);
            Assert.Equal(wanted.Layers.Select(layer => layer.item<float>()), scored[i].Layers);
            Assert.Equal(wanted.Map!.data<float>().ToArray(), scored[i].Map);
        }
    }

    [Fact]
    public void Equal_images_score_zero_and_the_order_of_a_pair_does_not_matter()
    {
        float[] scores = [.. PairRows.Score(model, [PairRows.Of(3, 3), PairRows.Of(3, 4), PairRows.Of(4, 3)]).Select(row => row.PerceptualDistance)];
        Assert.Equal((0f, scores[1]), (scores[0], scores[2]));
        Assert.True(scores[1] > 0);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(1, false)]
    [InlineData(3, true)]
    [InlineData(5, false)]
    [InlineData(16, true)]
    public void Batch_size_prefetching_and_pass_change_no_bit(int batchSize, bool prefetch)
    {
        PairRows.Row[] rows = [.. PairRows.Create(5), .. PairRows.CreateRepeating(1, 4, 2)];
        Assert.Equal(Text(PairRows.Score(model, rows)), Text(PairRows.Score(model, rows, PairRows.Options with { BatchSize = batchSize, Prefetch = prefetch })));
    }

    [Theory]
    [InlineData("alex")]
    [InlineData("squeeze")]
    public void The_published_shapes_score_the_same_bits_alone_and_in_batches(string net)
    {
        using var files = new PerceptualFilesOfTests();
        using var model = files.Lpips(net == "alex" ? PerceptualTrunkConfig.AlexNet : PerceptualTrunkConfig.SqueezeNet);
        PairRows.Row[] rows = [.. PairRows.CreateRepeating(3, 1, 1).Select(row => Larger(row, 48))];
        float[] Score(int batchSize) => Distances(rows, model, PairRows.Options with { BatchSize = batchSize });
        var wanted = Score(8);
        Assert.Equal(wanted, Score(1));
        Assert.Equal(wanted, Score(2));
    }

    [Fact]
    public void A_reference_that_repeats_from_row_to_row_is_computed_once()
    {
        var rows = PairRows.CreateRepeating(7, 1, 4, 1);   // batches of 4: a reference spans two of them, one batch has two
        PairRows.Scored[] scored = [];
        using var model = PairRows.CountableModel();
        (var images, _) = PairRows.CountImages(model, () => scored = PairRows.Score(model, rows));
        Assert.Equal(rows.Length + 4, images);
        Assert.Equal(rows.SelectMany(row => Text(PairRows.Score(model, [row]))), Text(scored));
    }

    [Fact]
    public void Nothing_is_computed_for_columns_that_nobody_reads()
    {
        var rows = context.Data.LoadFromEnumerable(PairRows.Create(9));
        using var model = PairRows.CountableModel();
        var output = context.Transforms.ScorePerceptualDistance(model, PairRows.Options).Fit(rows).Transform(rows);
        (var images, var passes) = PairRows.CountImages(model, () => Assert.Equal(9, ImageRows.Pixels(output, "First").Length));
        Assert.Equal((0L, 0), (images, passes));
        (images, passes) = PairRows.CountImages(model, () => Assert.Equal(9, output.GetColumn<float>("PerceptualDistance").Count()));
        Assert.Equal((18L, 6), (images, passes));   // three batches of at most 4 rows: the references, then the candidates
    }

    [Fact]
    public void A_missing_image_scores_NaN_in_every_column_and_does_not_affect_the_others()
    {
        var rows = PairRows.Create(5);
        var wanted = Text(PairRows.Score(model, rows));
        rows[1].First = null!;
        rows[3].Second = null!;
        var given = PairRows.Score(model, rows);
        foreach (var missing in new[] { given[1], given[3] })
        {
            Assert.True(float.IsNaN(missing.PerceptualDistance));
            Assert.All(missing.Layers.Concat(missing.Map), value => Assert.True(float.IsNaN(value)));
            Assert.Equal((3, PairRows.Side * PairRows.Side), (missing.Layers.Length, missing.Map.Length));
        }

        Assert.Equal([wanted[0], wanted[2], wanted[4]], Text([given[0], given[2], given[4]]));
    }

    [Fact]
    public void A_prediction_engine_gives_the_same_values_as_a_cursor()
    {
        PairRows.Row[] rows = [.. PairRows.Create(3), .. PairRows.CreateRepeating(2)];
        var view = context.Data.LoadFromEnumerable(rows);
        var transformer = context.Transforms.ScorePerceptualDistance(model, PairRows.Options).Fit(view);
        var wanted = Text(PairRows.Read(context, transformer.Transform(view)));
        using var engine = context.Model.CreatePredictionEngine<PairRows.Row, PairRows.Scored>(transformer);
        Assert.Equal(wanted, rows.Select(row => engine.Predict(row).ToString()));
    }

    [Fact]
    public async Task Four_threads_read_one_transformer()
    {
        var rows = context.Data.LoadFromEnumerable(PairRows.CreateRepeating(5, 1, 1, 4));
        var output = context.Transforms.ScorePerceptualDistance(model, PairRows.Options).Fit(rows).Transform(rows);
        var wanted = Text(PairRows.Read(context, output));
        var given = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Text(PairRows.Read(context, output)))));
        Assert.All(given, scores => Assert.Equal(wanted, scores));
    }

    [Fact]
    public void Images_of_different_sizes_may_follow_each_other()
    {
        var rows = PairRows.CreateRepeating(2, 2);
        PairRows.Row[] mixed = [rows[0], Larger(rows[0], 32), rows[1], Larger(rows[1], 32), rows[2], rows[3]];
        float[] Score(params PairRows.Row[] some) => Distances(some, model, PairRows.Options with { BatchSize = 3 });
        Assert.Equal(mixed.Select(row => Score(row).Single()), Score(mixed));
    }

    private static PairRows.Row Larger(PairRows.Row row, int side) => new() { First = Enlarge(row.First, side), Second = Enlarge(row.Second, side) };

    private static MLImage Enlarge(MLImage image, int side) => new ImageGeometry { Width = side, Height = side }.Apply(image);

    private static string[] Text(PairRows.Scored[] rows) => [.. rows.Select(row => row.ToString())];

    // A separate row type, because the images have different sizes.
    private float[] Distances(PairRows.Row[] rows, PerceptualModel model, ScorePerceptualDistanceOptions options)
    {
        using var files = new PairFiles(rows);
        var view = files.Load(context);
        using var transformer = context.Transforms.ScorePerceptualDistance(model, options).Fit(view);
        return [.. transformer.Transform(view).GetColumn<float>("PerceptualDistance")];
    }
}
