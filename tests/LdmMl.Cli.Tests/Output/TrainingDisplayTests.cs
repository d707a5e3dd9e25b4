using LdmMl.Cli.Output;
using LdmMl.Torch.Losses;
using LdmMl.Torch.Training;

namespace LdmMl.Cli.Tests.Output;

public sealed class TrainingDisplayTests : IDisposable
{
    private const string Line = "step 60/600 (10 %), 54 s left, 120 images/s, reconstruction 0.125, adversarial 0.25, discriminator 1";

    private readonly StringWriter output = new() { NewLine = "\n" };
    private readonly ManualClock clock = new();

    public void Dispose() => output.Dispose();

    [Fact]
    public void A_terminal_shows_one_status_line()
    {
        using var display = new TrainingDisplay(output, () => 200, clock);
        Show(display, Step(60));
        Show(display, Step(61));
        display.Dispose();

        Assert.Equal($"\r{Line}\u001b[K\r{Line.Replace("60/", "61/", StringComparison.Ordinal)}\u001b[K\r\u001b[K", output.ToString());
    }

    [Fact]
    public void The_line_is_cut_to_the_width_of_the_terminal()
    {
        using var display = new TrainingDisplay(output, () => 30, clock);
        Show(display, Step(60));

        Assert.Equal($"\r{Line[..28]}…\u001b[K", output.ToString());
    }

    [Fact]
    public void Validations_and_verdicts_remain_above_the_line()
    {
        using var display = new TrainingDisplay(output, () => 200, clock);
        Show(display, Step(60));
        Show(display, Step(61) with
        {
            Validation = new ReconstructionValidation(61, 0.05, 21.5), Verdicts = [new(TrainingVerdictKind.LossNotFalling, 61, "The loss does not fall.")],
        });

        Assert.Contains(
            "\u001b[K\r\u001b[Kepoch 2, step 61: validation PSNR 21.50 dB, L1 0.0500\nwarning: step 61: The loss does not fall.\n\rstep 61/600", output.ToString(),
            StringComparison.Ordinal);
        Assert.Contains("images/s, best PSNR 21.50 dB, L1 0.0500 at step 61, reconstruction", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_best_validation_is_the_one_with_the_smallest_error_including_earlier_runs()
    {
        using var display = new TrainingDisplay(output, () => 200, clock);
        display.ContinueFrom([Step(40) with { Validation = new DiffusionValidation(40, 0.25) }]);
        Show(display, Step(60) with { Validation = new DiffusionValidation(60, 0.5) });

        Assert.StartsWith("resuming after step 40\nepoch 2, step 60: validation loss 0.50000\n", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("best loss 0.25000 at step 40", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_terminal_there_is_a_plain_line_every_ten_seconds()
    {
        using var display = new TrainingDisplay(output, width: null, clock);
        foreach (var step in Enumerable.Range(60, 25))
        {
            display.Report(Step(step));
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        display.Dispose();
        Assert.Equal(
            $"train: {Line.Replace("60/600 (10 %)", "70/600 (12 %)", StringComparison.Ordinal)}\n"
            + $"train: {Line.Replace("60/600 (10 %)", "80/600 (13 %)", StringComparison.Ordinal)}\n", output.ToString());
    }

    internal static TrainingStep Step(int step) => new()
    {
        Step = step, Steps = 600, Epoch = 2, Loss = 0.375, Terms = [new LossValue("reconstruction", 0.125, 1), new LossValue("adversarial", 0.5, 0.5)],
        Discriminator = new LossValue("discriminator", 1, 1), GradientNorm = 1, LearningRate = 1e-3, ImagesPerSecond = 120, TimeLeft = TimeSpan.FromSeconds(54),
        Logged = new Dictionary<string, double> { ["logits_real"] = 0.5, ["logits_fake"] = -0.5, ["d_weight"] = 0.5 },
    };

    private void Show(TrainingDisplay display, TrainingStep step)
    {
        clock.Advance(TimeSpan.FromSeconds(1));
        display.Report(step);
    }
}
