using System.Reflection;
using LdmMl.Tests.Autoencoders;
using LdmMl.Torch.Metrics;
using LdmMl.Torch.Metrics.Statistics;
using LdmMl.Torch.Models.Features;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace LdmMl.Tests.Evaluation;

public sealed class EvaluateReconstructionTests : IDisposable
{
    private readonly MLContext context = new(seed: 1);
    private readonly PerceptualFilesOfTests files = new();
    private readonly EvaluationRows.Pair[] pairs = EvaluationRows.Pairs(23);

    public void Dispose() => files.Dispose();

    [Fact]
    public void Means_and_intervals_equal_those_of_the_rows()
    {
        var metrics = Evaluate(pairs);

        double[] psnr = [.. pairs.Select(pair => Psnr.Compute(Rgb(pair.Image), Rgb(pair.Reconstruction)))];
        double[] ssim = [.. pairs.Select(pair => Ssim.Compute(Rgb(pair.Image), Rgb(pair.Reconstruction), 24, 24, 3))];
        double[] absolute = [.. pairs.Select(pair => Rgb(pair.Image).Zip(Rgb(pair.Reconstruction), (a, b) => Math.Abs(a - b) / 255.0).Average())];
        Assert.Equal(BootstrapInterval.OfMean(psnr), metrics.PsnrInterval);
        Assert.Equal(BootstrapInterval.OfMean(ssim), metrics.SsimInterval);
        Assert.Equal(absolute.Average(), metrics.MeanAbsoluteError, tolerance: 1e-12);
        Assert.Equal(Math.Sqrt(psnr.Average(value => Math.Pow(10, -value / 10))), metrics.RootMeanSquaredError, tolerance: 1e-12);
        Assert.InRange(metrics.RootMeanSquaredError, metrics.RootMeanSquaredErrorInterval.Lower, metrics.RootMeanSquaredErrorInterval.Upper);
        Assert.Equal((23, 0, 0), (metrics.Count, metrics.MissingCount, metrics.EqualCount));
        Assert.Null(metrics.PerceptualDistance);
        Assert.Null(metrics.FrechetDistance);
    }

    [Fact]
    public void A_perceptual_model_and_a_feature_model_add_scores_under_their_names()
    {
        using var perceptual = files.Small();
        using var features = PerceptualFeatureModel.Create(perceptual);

        var metrics = context.LatentDiffusion()
            .EvaluateReconstruction(Load(pairs), perceptualModel: perceptual, featureModel: features);

        Assert.Equal("uncalibrated perceptual distance (trunk)", metrics.PerceptualDistanceName);
        Assert.Equal("reconstruction Fréchet distance (mean activations of trunk)", metrics.FrechetDistanceName);
        Assert.Equal(pairs.Average(pair => Distance(perceptual, pair)), metrics.PerceptualDistance!.Value, tolerance: 1e-7);
        Assert.True(metrics.FrechetDistance > 0);
        Assert.Equal(23, metrics.PerceptualDistanceInterval!.Count);
    }

    [Fact]
    public void Scores_do_not_depend_on_the_batch_size()
    {
        using var perceptual = files.Small();
        using var features = PerceptualFeatureModel.Create(perceptual);
        var options = new ReconstructionEvaluationOptions { PerceptualModel = perceptual, FeatureModel = features, BatchSize = 1 };

        ReconstructionMetrics one = Evaluate(pairs, options), many = Evaluate(pairs, options with { BatchSize = 7 });

        Assert.Equal(one.PerceptualDistanceInterval, many.PerceptualDistanceInterval);
        Assert.Equal(one.SsimInterval, many.SsimInterval);
        Assert.Equal(one.FrechetDistance!.Value, many.FrechetDistance!.Value, tolerance: 1e-12 * one.FrechetDistance.Value);
        Assert.Equal(one.SettingsFingerprint, many.SettingsFingerprint);
    }

    [Fact]
    public void Parts_merged_in_order_give_the_same_result_as_one_run()
    {
        using var perceptual = files.Small();
        using var features = PerceptualFeatureModel.Create(perceptual);
        var options = new ReconstructionEvaluationOptions { PerceptualModel = perceptual, FeatureModel = features };
        ReconstructionStatistics[] parts = [.. pairs.Chunk(9).Select(part => context.LatentDiffusion().MeasureReconstruction(Load(part), options))];
        foreach (var part in parts[1..])
            parts[0].Merge(part);

        ReconstructionMetrics one = Evaluate(pairs, options), joined = parts[0].ToMetrics();

        Assert.Equal(one.PsnrInterval, joined.PsnrInterval);
        Assert.Equal(one.PerceptualDistanceInterval, joined.PerceptualDistanceInterval);
        Assert.Equal(one.FrechetDistance!.Value, joined.FrechetDistance!.Value, tolerance: 1e-12 * one.FrechetDistance.Value);
        Assert.Equal(one.SettingsFingerprint, joined.SettingsFingerprint);
        var other = context.LatentDiffusion().MeasureReconstruction(Load(pairs), new ReconstructionEvaluationOptions());
        Assert.Throws<ArgumentException>(() => parts[0].Merge(other));
        Assert.Throws<ArgumentException>(() => parts[0].Merge(parts[0]));
    }

    [Fact]
    public void Equal_and_missing_images_are_counted_and_reported()
    {
        EvaluationRows.Pair equal = new() { Image = ImageRows.Picture(1, 24, 24), Reconstruction = ImageRows.Picture(1, 24, 24) };
        EvaluationRows.Pair missing = new() { Image = ImageRows.Picture(1, 24, 24) };

        var metrics = Evaluate([equal, .. pairs, missing]);

        Assert.Equal((24, 1, 1), (metrics.Count, metrics.MissingCount, metrics.EqualCount));
        Assert.Equal(Evaluate(pairs).PsnrInterval, metrics.PsnrInterval);
        Assert.Contains("1 row has a missing value and was left out.", metrics.Warnings);
        Assert.Contains("1 pair is equal in every pixel: an infinite PSNR is not part of the mean.", metrics.Warnings);
    }

    [Fact]
    public void Multi_scale_similarity_uses_pairs_that_are_large_enough_and_the_others_are_counted()
    {
        var side = MsSsim.MinimumSize();
        EvaluationRows.AnyPair large = new() { Image = ImageRows.Picture(1, side, side), Reconstruction = ImageRows.Picture(2, side, side) };
        EvaluationRows.AnyPair small = new() { Image = ImageRows.Picture(1, side, side - 1), Reconstruction = ImageRows.Picture(2, side, side - 1) };

        var metrics = context.LatentDiffusion().EvaluateReconstruction(context.Data.LoadFromEnumerable(new[] { small, large }));

        Assert.Equal(MsSsim.Compute(Rgb(large.Image), Rgb(large.Reconstruction), side, side, channels: 3), metrics.MsSsim);
        Assert.Equal((2, 1), (metrics.Count, metrics.MsSsimInterval!.Count));
        Assert.Contains("1 pair is too small for MS-SSIM and not part of its mean.", metrics.Warnings);
        Assert.Null(Evaluate(pairs).MsSsim);
    }

    [Fact]
    public void Only_equal_pairs_give_no_PSNR_and_no_NaN()
    {
        EvaluationRows.Pair equal = new() { Image = ImageRows.Picture(1, 24, 24), Reconstruction = ImageRows.Picture(1, 24, 24) };

        var metrics = Evaluate([equal]);

        Assert.Null(metrics.Psnr);
        Assert.Equal((0.0, 0.0, 1.0), (metrics.MeanAbsoluteError, metrics.RootMeanSquaredError, metrics.Ssim));
        Assert.Contains("The interval of a single value is that value: it says nothing about other images.", metrics.Warnings);
    }

    [Fact]
    public void Settings_determine_the_fingerprint()
    {
        var first = Evaluate(pairs);
        var wang = Evaluate(pairs, new ReconstructionEvaluationOptions { Ssim = SsimSettings.Wang2004 });
        var seeded = Evaluate(pairs, new ReconstructionEvaluationOptions { Bootstrap = new() { Seed = 1 } });

        Assert.Equal(3, new[] { first, wang, seeded }.Select(metrics => metrics.SettingsFingerprint).Distinct().Count());
        Assert.Contains("Gaussian", wang.Settings["ssim"], StringComparison.Ordinal);
        Assert.NotEqual(first.SsimInterval.Lower, seeded.SsimInterval.Lower);
    }

    [Fact]
    public void Wrong_rows_and_columns_are_refused_with_an_explanation()
    {
        EvaluationRows.Pair torn = new() { Image = ImageRows.Picture(1, 24, 24), Reconstruction = ImageRows.Picture(1, 23, 24) };
        EvaluationRows.Pair tiny = new() { Image = ImageRows.Picture(1, 24, 6), Reconstruction = ImageRows.Picture(1, 24, 6) };

        Assert.Contains(
            "Row 1: the image in column 'Image' is 24x24 and the one in column 'Reconstruction' is 23x24",
            Error([pairs[0], torn]), StringComparison.Ordinal);
        Assert.Contains(
            "Row 0: the images in columns 'Image' and 'Reconstruction' are 24x6; SSIM's window needs at least 7 pixels",
            Error([tiny]), StringComparison.Ordinal);
        Assert.Equal("There are no rows; there is nothing to measure.", Error([]));
        Assert.Equal("All 1 rows lack an image; there is nothing to measure.", Error([new() { Image = ImageRows.Picture(1, 24, 24) }]));
        var error = Assert.Throws<ArgumentException>(() => context.LatentDiffusion().EvaluateReconstruction(Load(pairs), "Other"));
        Assert.Contains("There is no column 'Other'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reading_stops_when_the_context_is_cancelled()
    {
        var rows = context.Data.LoadFromEnumerable(Canceling());

        Assert.ThrowsAny<OperationCanceledException>(() => context.LatentDiffusion().EvaluateReconstruction(rows));

        IEnumerable<EvaluationRows.Pair> Canceling()
        {
            yield return pairs[0];
            typeof(MLContext).GetMethod("CancelExecution", BindingFlags.Instance | BindingFlags.NonPublic)!.Invoke(context, null);
            yield return pairs[1];
            throw new InvalidOperationException("Nobody should read on.");
        }
    }

    [Fact]
    public void Progress_counts_the_rows_and_a_cancelled_token_stops_the_reading()
    {
        using var source = new CancellationTokenSource();
        var seen = new List<long>();
        var options = new ReconstructionEvaluationOptions { Progress = new Listener(rows =>
        {
            seen.Add(rows);
            if (rows == 5)
                source.Cancel();
        }) };

        Assert.ThrowsAny<OperationCanceledException>(() => context.LatentDiffusion().EvaluateReconstruction(Load(pairs), options, source.Token));
        Assert.Equal([1, 2, 3, 4, 5], seen);
    }

    [Fact]
    public void Metrics_format_their_scores_in_one_line()
    {
        using var perceptual = files.Small();
        var metrics = context.LatentDiffusion().EvaluateReconstruction(Load(pairs), perceptualModel: perceptual);
        Assert.Matches(
            @"^MAE 0\.\d{4}, RMSE 0\.\d{4}, PSNR \d+\.\d\d dB, SSIM -?0\.\d{4}, uncalibrated perceptual distance \(trunk\) \d+\.\d{4} \(23 pairs\)$",
            metrics.ToString());
        Assert.Matches(@"^[0-9.]+ \[[0-9.]+, [0-9.]+\]$", metrics.MeanAbsoluteErrorInterval.ToString());
    }

    private string Error(EvaluationRows.Pair[] pairs) => Assert.ThrowsAny<Exception>(() => Evaluate(pairs)).Message;

    private static double Distance(PerceptualModel model, EvaluationRows.Pair pair)
    {
        using var scope = NewDisposeScope();
        return model.Distance(Planes(pair.Image), Planes(pair.Reconstruction), PixelRange.ZeroToOne).item<float>();
    }

    private static Tensor Planes(MLImage image) =>
        tensor(Rgb(image).Select(value => value / 255f).ToArray(), [1, image.Height, image.Width, 3]).permute(0, 3, 1, 2).contiguous();

    private sealed class Listener(Action<long> report) : IProgress<long>
    {
        public void Report(long value) => report(value);
    }

    private ReconstructionMetrics Evaluate(EvaluationRows.Pair[] pairs, ReconstructionEvaluationOptions? options = null) =>
        context.LatentDiffusion().EvaluateReconstruction(Load(pairs), options ?? new ReconstructionEvaluationOptions());

    private IDataView Load(EvaluationRows.Pair[] pairs) => EvaluationRows.Load(context, pairs);

    private static byte[] Rgb(MLImage image) => [.. image.Pixels.ToArray().Chunk(4)
        .SelectMany(pixel => image.PixelFormat == MLPixelFormat.Bgra32 ? new[] { pixel[2], pixel[1], pixel[0] } : pixel[..3])];
}
