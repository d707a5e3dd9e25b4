using LdmMl.Evaluation;
using LdmMl.Tests.Autoencoders;
using LdmMl.Torch.Metrics;
using LdmMl.Torch.Models.Features;
using LdmMl.Torch.Models.Perceptual;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Tests.Evaluation;

public sealed class EvaluateGenerationTests : IDisposable
{
    private static readonly EvaluationRows.FeatureRow[] Real = EvaluationRows.Features(300, seed: 1);

    private static readonly EvaluationRows.FeatureRow[] Generated = EvaluationRows.Features(280, seed: 2, shift: 0.2f);

    // The order in which libtorch's linear algebra sums depends on the position of a matrix in memory.
    private const double Rounding = 1e-12;

    private readonly MLContext context = new(seed: 1);
    private readonly PerceptualFilesOfTests files = new();

    public void Dispose() => files.Dispose();

    [Fact]
    public void Scores_equal_those_of_the_metrics_on_the_same_features()
    {
        var metrics = Evaluate(Real, Generated);

        (var first, var firstSample) = Gather(Real);
        (var second, var secondSample) = Gather(Generated);
        var kernel = KernelDistance.Compute(firstSample, secondSample);
        var precision = PrecisionRecall.Compute(firstSample, secondSample);
        var density = DensityCoverage.Compute(firstSample, secondSample);
        Assert.Equal(first.FrechetDistance(second).Distance, metrics.FrechetDistance, tolerance: Rounding);
        Assert.Equal(kernel.Distance, metrics.KernelDistance, tolerance: Rounding);
        Assert.Equal(kernel.StandardDeviation, metrics.KernelDistanceStandardDeviation, tolerance: Rounding);
        Assert.Equal((precision.Precision, precision.Recall), (metrics.Precision, metrics.Recall));
        Assert.Equal((density.Density, density.Coverage), (metrics.Density, metrics.Coverage));
        Assert.Equal((300, 280, 300, 280), (metrics.RealCount, metrics.GeneratedCount, metrics.RealSampleCount, metrics.GeneratedSampleCount));
    }

    [Fact]
    public void Features_of_a_column_are_never_called_FID()
    {
        var metrics = Evaluate(Real, Generated);

        Assert.Equal("Fréchet distance (column 'Features')", metrics.FrechetDistanceName);
        Assert.Contains(
            metrics.Warnings,
            warning => warning.StartsWith("Fréchet distance (column 'Features'): 280 images are fewer than 2,048", StringComparison.Ordinal));
    }

    [Fact]
    public void Metrics_format_their_scores_in_one_line()
    {
        var text = Evaluate(Real, Generated).ToString();
        Assert.Matches(
            @"^Fréchet distance \(column 'Features'\) [0-9.E-]+, Kernel distance [0-9.E-]+ ± [0-9.E-]+, precision 0\.\d{4}, recall 0\.\d{4}, "
            + @"density \d\.\d{4}, coverage [01]\.\d{4} \(300 real and 280 generated images\)$",
            text);
    }

    [Fact]
    public void A_cancelled_token_stops_the_reading() => Assert.ThrowsAny<OperationCanceledException>(() =>
        context.LatentDiffusion().EvaluateGeneration(
            EvaluationRows.Load(context, Real), EvaluationRows.Load(context, Generated), cancellationToken: new CancellationToken(canceled: true)));

    [Fact]
    public void The_same_run_gives_the_same_scores_and_fingerprint_and_other_settings_another_fingerprint()
    {
        GenerationMetrics first = Evaluate(Real, Generated), again = Evaluate(Real, Generated);
        var other = Evaluate(Real, Generated, new GenerationEvaluationOptions { PrecisionNeighbours = 5 });

        Assert.Equal(first.FrechetDistance, again.FrechetDistance, tolerance: Rounding);
        Assert.Equal(first.KernelDistance, again.KernelDistance, tolerance: Rounding);
        Assert.Equal((first.Precision, first.Recall, first.Density, first.Coverage), (again.Precision, again.Recall, again.Density, again.Coverage));
        Assert.Equal(first.SettingsFingerprint, again.SettingsFingerprint);
        Assert.NotEqual(first.SettingsFingerprint, other.SettingsFingerprint);
        Assert.Equal("5", other.Settings["precisionNeighbours"]);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    public void Merged_parts_give_the_same_result_as_one_run(int parts)
    {
        var options = new GenerationEvaluationOptions { SampleCapacity = 100, Kernel = new() { Subsets = 4, SubsetSize = 50 } };
        FeatureSetStatistics? merged = null;
        foreach (var part in Real.Chunk((300 + parts - 1) / parts))
        {
            var read = context.LatentDiffusion().MeasureFeatures(EvaluationRows.Load(context, part), options);
            if (merged is null)
                merged = read;
            else
                merged.Merge(read);
        }

        var generated = context.LatentDiffusion().MeasureFeatures(EvaluationRows.Load(context, Generated), options);
        var one = Evaluate(Real, Generated, options);
        var joined = context.LatentDiffusion().EvaluateGeneration(merged!, generated, options);

        Assert.Equal(one.FrechetDistance, joined.FrechetDistance, tolerance: 1e-12 * one.FrechetDistance);
        Assert.Equal(one.KernelDistance, joined.KernelDistance, tolerance: 1e-12 * Math.Abs(one.KernelDistance));
        Assert.Equal((one.Precision, one.Recall, one.Density, one.Coverage), (joined.Precision, joined.Recall, joined.Density, joined.Coverage));
        Assert.Equal((300, 100), (joined.RealCount, joined.RealSampleCount));
        Assert.Contains(joined.Warnings, warning => warning.StartsWith("Of the 300 real images a random sample of 100", StringComparison.Ordinal));
    }

    [Fact]
    public void Missing_vectors_are_counted_and_reported()
    {
        EvaluationRows.FeatureRow missing = new() { Features = [.. Enumerable.Repeat(float.NaN, EvaluationRows.Dimensions)] };

        var metrics = Evaluate([missing, .. Real, missing], Generated);

        Assert.Equal((300, 2, 0), (metrics.RealCount, metrics.RealMissingCount, metrics.GeneratedMissingCount));
        Assert.Contains("2 real rows have a missing value and were left out.", metrics.Warnings);
        Assert.Equal(Evaluate(Real, Generated).FrechetDistance, metrics.FrechetDistance, tolerance: Rounding);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Few_images_give_finite_scores_and_a_warning(int count)
    {
        var metrics = Evaluate(Real[..count], Generated[..count]);

        double[] figures =
        [
            metrics.FrechetDistance, metrics.KernelDistance, metrics.KernelDistanceStandardDeviation,
            metrics.Precision, metrics.Recall, metrics.Density, metrics.Coverage,
        ];
        Assert.All(figures, figure => Assert.True(double.IsFinite(figure)));
        Assert.NotEmpty(metrics.Warnings);
    }

    [Fact]
    public void The_distance_is_named_after_the_feature_model()
    {
        using var perceptual = files.Small();
        using var model = PerceptualFeatureModel.Create(perceptual);
        IDataView real = Pictures(0, 9), generated = Pictures(5, 8);

        GenerationMetrics small = Evaluate(model, batchSize: 2), large = Evaluate(model, batchSize: 16);

        Assert.Equal("Fréchet distance (mean activations of trunk)", small.FrechetDistanceName);
        Assert.True(small.FrechetDistance > 0);
        Assert.Equal(small.FrechetDistance, large.FrechetDistance, tolerance: 1e-12 * small.FrechetDistance);
        Assert.Equal(small.KernelDistance, large.KernelDistance, tolerance: 1e-12 * Math.Abs(small.KernelDistance));
        Assert.Equal((9, 7, 1), (small.RealCount, small.GeneratedCount, small.GeneratedMissingCount));
        Assert.Contains("1 generated row has a missing value and was left out.", small.Warnings);
        Assert.Contains(small.Warnings, warning => warning.StartsWith("The features are mean activations of trunk, unc", StringComparison.Ordinal));
        Assert.Equal(model.Fingerprint, small.Settings["featureModel"]);

        GenerationMetrics Evaluate(FeatureModel features, int batchSize) => context.LatentDiffusion()
            .EvaluateGeneration(real, generated, new GenerationEvaluationOptions { FeatureModel = features, BatchSize = batchSize });
    }

    [Fact]
    public void Only_the_distance_of_Inception_features_is_called_FID()
    {
        using var inception = new RandomInception();

        var metrics = context.LatentDiffusion().EvaluateGeneration(Pictures(0, 3), Pictures(2, 3), "Image", inception.Model);

        Assert.Equal("FID", metrics.FrechetDistanceName);
        Assert.Equal("KID", metrics.KernelDistanceName);
        Assert.True(double.IsFinite(metrics.FrechetDistance));
        Assert.Contains(metrics.Warnings, warning => warning.Contains("not verified to be the published ones", StringComparison.Ordinal));
        Assert.Contains(metrics.Warnings, warning => warning.StartsWith("FID: 3 images are too few for 2,048 features", StringComparison.Ordinal));
    }

    [Fact]
    public void Images_of_several_sizes_give_a_warning()
    {
        var sizes = new ImageSizes();
        sizes.Add(new(32, 16));
        var others = new ImageSizes();
        others.Add(new(64, 16));

        Assert.Null(ImageSizes.Warning(sizes, sizes));
        Assert.StartsWith("The images have several sizes, from 32x16 to 64x16:", ImageSizes.Warning(sizes, others), StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_use_is_refused_with_an_explanation()
    {
        IDataView real = EvaluationRows.Load(context, Real), none = EvaluationRows.Load(context, Real[..0]);
        var catalog = context.LatentDiffusion();

        Assert.Equal("There is no column 'Other'; the input has 'Features'.", Error(() => catalog.EvaluateGeneration(real, real, "Other")));
        Assert.StartsWith("Column 'Image' holds", Error(() => catalog.EvaluateGeneration(Pictures(0, 2), real, "Image")), StringComparison.Ordinal);
        Assert.Equal("The generated set has no rows; there is nothing to compare.", Error(() => catalog.EvaluateGeneration(real, none)));
        var small = new GenerationEvaluationOptions { SampleCapacity = 1 };
        Assert.Throws<ArgumentOutOfRangeException>(() => catalog.EvaluateGeneration(real, real, small));

        static string Error(Action action) => Assert.Throws<ArgumentException>(action).Message;
    }

    [Fact]
    public void Sets_of_different_features_are_not_compared()
    {
        using var perceptual = files.Small();
        using var model = PerceptualFeatureModel.Create(perceptual);
        var catalog = context.LatentDiffusion();
        var column = catalog.MeasureFeatures(EvaluationRows.Load(context, Real), new GenerationEvaluationOptions());
        var images = catalog.MeasureFeatures(Pictures(0, 3), new GenerationEvaluationOptions { FeatureModel = model });

        var error = Assert.Throws<ArgumentException>(() => catalog.EvaluateGeneration(column, images));

        Assert.Equal(
            "One set was described by column 'Features', 6 dimensions, the other by mean activations of trunk, 36 dimensions. "
            + "Describe both with the same features.",
            error.Message);
    }

    [Fact]
    public void A_tiny_image_is_named_by_its_row()
    {
        using var perceptual = files.Small();
        using var model = PerceptualFeatureModel.Create(perceptual);
        var tiny = context.Data.LoadFromEnumerable(
            new[] { new AnyPicture { Image = ImageRows.Picture(1, 9, 9) }, new AnyPicture { Image = ImageRows.Picture(1, 2, 9) } });

        var error = Assert.Throws<InvalidDataException>(() => context.LatentDiffusion().EvaluateGeneration(tiny, tiny, "Image", model));

        Assert.Equal(
            "Row 1: the image in column 'Image' is 2x9; mean activations of trunk needs at least 4 pixels on each side. "
            + "Use ResizeImagesAntialiased first.",
            error.Message);
    }

    [Fact]
    public void Warnings_reach_the_log()
    {
        var messages = new List<string>();
        context.Log += (_, log) =>
        {
            if (log.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning)
                messages.Add(log.RawMessage);
        };

        var metrics = Evaluate(Real, Generated);

        Assert.Equal(metrics.Warnings, messages);
    }

    private GenerationMetrics Evaluate(
        EvaluationRows.FeatureRow[] real, EvaluationRows.FeatureRow[] generated, GenerationEvaluationOptions? options = null) =>
        context.LatentDiffusion().EvaluateGeneration(
            EvaluationRows.Load(context, real), EvaluationRows.Load(context, generated), options ?? new GenerationEvaluationOptions());

    // If there are more than seven, the last is missing.
    private IDataView Pictures(int first, int count) => context.Data.LoadFromEnumerable(
        Enumerable.Range(first, count)
            .Select(i => new Picture { Image = count == 8 && i == first + 7 ? null! : ImageRows.Picture(i, 20, 20) }).ToArray());

    private static (FrechetStatistics Moments, FeatureSample Sample) Gather(EvaluationRows.FeatureRow[] rows)
    {
        var (moments, sample) = (new FrechetStatistics(EvaluationRows.Dimensions), new FeatureSample(EvaluationRows.Dimensions));
        foreach (var row in rows)
        {
            moments.Add(row.Features);
            sample.Add(row.Features);
        }

        return (moments, sample);
    }

    private sealed class Picture
    {
        [ImageType(20, 20)]
        public MLImage Image { get; set; } = null!;
    }

    private sealed class AnyPicture
    {
        [ImageType(9, 9)]
        public MLImage Image { get; set; } = null!;
    }
}
