using PerceptualTrunk.Distortions;
using PerceptualTrunk.Judging;

namespace LdmMl.Tests.Examples;

/// <summary>What the shipped trunk says about images that it has not seen.</summary>
public sealed class ShippedTrunkTests(ShippedTrunk trunk) : IClassFixture<ShippedTrunk>
{
    public static TheoryData<string> DistortionNames => [.. Distortion.All.Select(distortion => distortion.Name)];

    public static TheoryData<int> Orders => [.. Enumerable.Range(0, KnownOrder.All.Count)];

    [Fact]
    public void The_file_is_small_and_says_that_it_is_uncalibrated()
    {
        Assert.Equal("uncalibrated perceptual distance (emoji-vgg)", trunk.Model.Name);
        Assert.False(trunk.Model.IsCalibrated);
        Assert.InRange(new FileInfo(ShippedTrunk.File).Length, 1, 3 << 20);
    }

    [Theory]
    [MemberData(nameof(DistortionNames))]
    public void The_distance_rises_with_every_grade(string name)
    {
        var results = GradedDistortions.Measure(trunk.Judge, Distortion.All.Single(distortion => distortion.Name == name));

        Assert.True(results.Count >= 4);
        var means = results.Select(result => result.Verdicts.Distance.Average()).ToArray();
        Assert.Equal(means.Order(), means);

        // Also for each image, with a few exceptions.
        Assert.All(results, result => Assert.InRange(result.Risen, 0.95 * result.Changed, result.Changed));
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public void The_distance_finds_the_milder_distortion_where_PSNR_does_not(int order)
    {
        var result = KnownOrderResult.Measure(trunk.Judge, KnownOrder.All[order]);

        Assert.InRange(result.PsnrRight, 0, 0.6 * trunk.Judge.Count);
        Assert.InRange(result.DistanceRight, 0.8 * trunk.Judge.Count, trunk.Judge.Count);
    }
}
