using System.Globalization;
using LdmMl.Torch.Metrics;
using LdmMl.Torch.Metrics.Statistics;
using LdmMl.Torch.Training;

namespace LdmMl.Torch.Tests.Metrics;

public class MetricTextTests
{
    [Fact]
    public void Results_format_their_figures_in_one_line_in_every_culture()
    {
        var before = CultureInfo.CurrentCulture;
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        CultureInfo.CurrentCulture = comma;
        try
        {
            Assert.Equal(
                "12.3457 (500 and 400 images)", new FrechetDistanceResult { Distance = 12.345678, FirstCount = 500, SecondCount = 400 }.ToString());
            Assert.Equal(
                "0.0123 ± 0.00212 (100 subsets of 1000)",
                new KernelDistance { Distance = 0.0123, StandardDeviation = 0.002123, Subsets = 100, SubsetSize = 1000 }.ToString());
            Assert.Equal(
                "precision 0.7100, recall 0.6400 (5 real and 4 generated images)",
                new PrecisionRecall { Precision = 0.71, Recall = 0.64, Neighbours = 3, RealCount = 5, GeneratedCount = 4 }.ToString());
            Assert.Equal(
                "density 0.9800, coverage 0.9100 (5 real and 4 generated images)",
                new DensityCoverage { Density = 0.98, Coverage = 0.91, Neighbours = 5, RealCount = 5, GeneratedCount = 4 }.ToString());
            Assert.Equal("1.5 [1.25, 1.75]", new BootstrapInterval(1.5, 1.25, 1.75, 20, new BootstrapOptions()).ToString());
            Assert.Equal("mean 2, deviation 1, 1 to 3 (3 values)", ValueSummary.Of([1, 2, 3]).ToString());
            Assert.Equal("difference 1 [1, 1], p = 0.25, 3 larger, 0 smaller", PairedComparison.Of([1, 2, 3], [2, 3, 4]).ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Sets_of_features_state_how_many_rows_they_contain()
    {
        var statistics = new FrechetStatistics(3);
        var sample = new FeatureSample(3, capacity: 1);
        statistics.Add([1, 2, 3, 4, 5, 6]);
        sample.Add([1, 2, 3, 4, 5, 6]);
        Assert.Equal("2 rows of 3 features", statistics.ToString());
        Assert.Equal("1 of 2 rows of 3 features", sample.ToString());
    }

    [Fact]
    public void A_training_step_describes_the_progress() => Assert.Equal(
        "step 60 of 600, epoch 2, loss 0.1235, learning rate 0.001, 120 images/s",
        new TrainingStep
        {
            Step = 60, Steps = 600, Epoch = 2, Loss = 0.12346, Terms = [], Logged = new Dictionary<string, double>(), GradientNorm = 1,
            LearningRate = 0.001, ImagesPerSecond = 120,
        }.ToString());
}
