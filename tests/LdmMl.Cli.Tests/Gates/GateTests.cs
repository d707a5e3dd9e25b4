using LdmMl.Cli.Comparing;
using LdmMl.Cli.Gates;

namespace LdmMl.Cli.Tests.Gates;

public class GateTests
{
    private static readonly Metric Distance = new("lpips", "LPIPS", "", HigherIsBetter: false, Decimals: 4);

    [Theory]
    [InlineData("lpips > +2%", "lpips", GateOperator.Above, GateSubject.RelativeChange, 0.02)]
    [InlineData("lpips>2%", "lpips", GateOperator.Above, GateSubject.RelativeChange, 0.02)]
    [InlineData(" PSNR  <=  -0.5 % ", "psnr", GateOperator.AtMost, GateSubject.RelativeChange, -0.005)]
    [InlineData("psnr < -0.5", "psnr", GateOperator.Below, GateSubject.Change, -0.5)]
    [InlineData("mae >= +1e-3", "mae", GateOperator.AtLeast, GateSubject.Change, 0.001)]
    [InlineData("mae > +0", "mae", GateOperator.Above, GateSubject.Change, 0)]
    [InlineData("ssim < 0.85", "ssim", GateOperator.Below, GateSubject.Value, 0.85)]
    [InlineData("ssim < .85", "ssim", GateOperator.Below, GateSubject.Value, 0.85)]
    internal void A_threshold_determines_what_is_compared(string text, string metric, GateOperator comparison, GateSubject subject, double threshold)
    {
        var gate = Gate.Parse(text);

        Assert.Equal((metric, comparison, subject), (gate.Metric, gate.Operator, gate.Subject));
        Assert.Equal(threshold, gate.Threshold, precision: 12);
    }

    [Theory]
    [InlineData("")]
    [InlineData("lpips")]
    [InlineData("lpips > ")]
    [InlineData("lpips = 2")]
    [InlineData("lpips > two")]
    [InlineData("lpips > 2 %%")]
    [InlineData("lpips > 1,5")]
    [InlineData("> 2%")]
    [InlineData("lpips > 2% and psnr < 3")]
    [InlineData("lpips > NaN")]
    public void An_invalid_gate_is_refused_with_examples(string text) =>
        Assert.Equal(
            $"--fail-if \"{text}\" is not a gate: a gate is a metric, one of > >= < <=, and a threshold, such as \"lpips > +2%\" "
            + "(relative change of B against A), \"psnr < -0.5\" (change, with its sign) or \"ssim < 0.85\" (B itself).",
            Assert.Throws<FormatException>(() => Gate.Parse(text)).Message);

    [Fact]
    public void A_threshold_beyond_the_range_of_numbers_is_refused() =>
        Assert.Equal(
            "--fail-if \"mae > 1e999\": 1e999 is too large for a number.",
            Assert.Throws<FormatException>(() => Gate.Parse("mae > 1e999")).Message);

    [Theory]
    [InlineData("vmaf < 90", "'vmaf'", "")]
    [InlineData("lpips > 2%", "'lpips'",
        " LPIPS needs the published weights, given with --lpips; an uncalibrated distance is called 'perceptual'.")]
    [InlineData("perceptual > 2%", "'perceptual'", " A perceptual distance needs --perceptual; a calibrated one is called 'lpips'.")]
    public void A_metric_that_is_not_measured_is_named_with_what_to_do(string text, string metric, string cure) =>
        Assert.Equal(
            $"--fail-if \"{text}\": {metric} is not measured here; what is: psnr, ssim.{cure}",
            Assert.Throws<FormatException>(() => Gate.Parse(text).RequireMetric(["psnr", "ssim"])).Message);

    [Theory]
    [InlineData("lpips > +2%", true)]       // 0.31 after 0.30 is 3.33 %
    [InlineData("lpips > +4%", false)]
    [InlineData("lpips > +0.005", true)]
    [InlineData("lpips > +0.02", false)]
    [InlineData("lpips > 0.30", true)]
    [InlineData("lpips > 0.32", false)]
    [InlineData("lpips < 0.32", true)]
    public void A_gate_fails_if_its_condition_holds(string text, bool failed) =>
        Assert.Equal(failed, Judge(text, [0.29, 0.31], [0.30, 0.32]).Failed);

    [Fact]
    public void Only_inclusive_operators_hold_for_equal_values() =>
        Assert.Equal(
            [false, true, false, true],
            new[] { "lpips > 1", "lpips >= 1", "lpips < 1", "lpips <= 1" }.Select(text => Judge(text, [1, 1], [1, 1]).Failed));

    [Fact]
    public void Significance_requires_the_whole_interval_to_meet_the_condition()
    {
        double[] first = [1, 1, 1, 1, 1, 1], mixed = [1.5, 0.8, 1.4, 0.7, 1.3, 0.9], worse = [1.3, 1.2, 1.25, 1.3, 1.2, 1.25];

        Assert.True(Judge("lpips > +2%", first, mixed).Failed);
        Assert.False(Judge("lpips > +2%", first, mixed, needsSignificance: true).Failed);
        Assert.True(Judge("lpips > +2%", first, worse, needsSignificance: true).Failed);
        Assert.True(Judge("lpips > +0.02", first, worse, needsSignificance: true).Failed);
        Assert.True(Judge("lpips > 1.1", first, worse, needsSignificance: true).Failed);
        Assert.False(Judge("lpips > 1.23", first, worse, needsSignificance: true).Failed);
    }

    [Fact]
    public void A_gate_that_cannot_be_judged_does_not_pass()
    {
        var noImage = Judge("lpips > 1", [double.PositiveInfinity], [1]);
        var noChange = Judge("lpips > 2%", [0, 0], [1, 1]);

        Assert.Equal((true, "No image has a finite LPIPS with both models, so the gate cannot be judged."), (noImage.Failed, noImage.Reason));
        Assert.Equal(
            (true, "The mean LPIPS of A is too near 0 for a relative change, so the gate cannot be judged."), (noChange.Failed, noChange.Reason));
    }

    private static GateVerdict Judge(string text, double[] first, double[] second, bool needsSignificance = false)
    {
        var images = first.Zip(second, (a, b) => new ImageScores("image", [a], [b])).ToArray();
        return GateVerdict.Of(Gate.Parse(text), MetricComparison.Of(Distance, images, index: 0), needsSignificance);
    }
}
