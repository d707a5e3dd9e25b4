using LdmMl.Torch.Arguments;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Training;
using LdmMl.Torch.Training.Monitoring;
using TorchSharp;

namespace LdmMl.Torch.Tests.Training.Monitoring;

/// <summary>A discriminator that starts gradually, and a training that is rolled back when its reconstructions collapse under it.</summary>
public sealed class RollbackTests : IDisposable
{
    private const int Start = 60;

    // A discriminator whose losses weigh a hundred times as much as the image terms.
    private static readonly AutoencoderTrainingOptions Collapsing = new()
    {
        Steps = 130, BatchSize = 4, WarmupSteps = 0, Decay = LearningRateDecay.None, EmaDecay = 0.9,
        MonitorPace = new() { Window = 10, FirstSteps = 1000, ShortWindow = 4, GoodInterval = 20 },
        Adversarial = new() { StartStep = Start, Channels = 4, Layers = 1, LearningRate = 1e-3, Weight = 100, CollapseLimit = 1.5 },
    };

    private readonly TemporaryFolder temporary = new();

    public void Dispose() => temporary.Dispose();

    [Fact]
    public void The_adversarial_losses_rise_linearly_to_their_factor()
    {
        var options = Collapsing with { Steps = 6, Adversarial = Collapsing.Adversarial! with { StartStep = 1, RampSteps = 4, Factor = 2, Weight = 0.5 } };

        Assert.Equal([0, 0.5, 1, 1.5, 2, 2], Factors(options));
        Assert.Equal([0, 2, 2, 2, 2, 2], Factors(options with { Adversarial = options.Adversarial with { RampSteps = 0 } }));
    }

    [Fact]
    public void A_training_that_collapses_is_rolled_back_and_halves_the_adversarial_losses()
    {
        using var result = Train(Collapsing);
        using var given = Train(Collapsing with { Adversarial = Collapsing.Adversarial! with { CollapseLimit = null } });
        var verdicts = result.Verdicts.Where(verdict => verdict.Kind == TrainingVerdictKind.ReconstructionCollapsed).ToArray();

        Assert.Matches(
            @"^The reconstructions have collapsed under the discriminator: their error is 0\.\d+; the smallest was 0\.\d+\. "
            + @"The training is rolled back to its state after step 60, with the adversarial term at 1/2 of its strength\.$", verdicts[0].Sentence);
        var next = result.History.First(step => step.Step == verdicts[0].Step + 1);
        Assert.Equal(0.5, next.Logged["disc_factor"]);
        Assert.True(next.Logged["rec_loss"] < 1.5 * result.History[Start - 1].Logged["rec_loss"], "the weights are the good ones again");
        Assert.Equal(1.0, given.LastStep!.Logged["disc_factor"]);
        Assert.Equal(Collapsing.Steps, result.Steps);
    }

    [Fact]
    public void Each_collapse_is_reported_and_halves_the_adversarial_losses_again()
    {
        using var result = Train(Collapsing);
        var collapses = result.Verdicts.Count(verdict => verdict.Kind == TrainingVerdictKind.ReconstructionCollapsed);

        Assert.InRange(collapses, 2, 10);
        Assert.Equal(Math.Pow(0.5, collapses), result.LastStep!.Logged["disc_factor"]);
    }

    [Theory]
    [InlineData(63)]
    [InlineData(75)]
    [InlineData(100)]
    public void A_training_that_was_rolled_back_resumes_to_the_same_numbers(int stop)
    {
        var options = Collapsing with { StateFolder = Path.Combine(temporary.Path, "state") };
        using var whole = Train(Collapsing);
        using var cancel = new CancellationTokenSource();
        Train(options, step => { if (step.Step == stop) cancel.Cancel(); }, cancel.Token).Dispose();
        using var resumed = Train(options with { Resume = true });

        Assert.Equal(TinyModels.Fingerprint(whole.Model), TinyModels.Fingerprint(resumed.Model));
        Assert.Equal(whole.Verdicts, resumed.Verdicts);
    }

    [Fact]
    public void A_rollback_leaks_no_tensor()
    {
        Train(Collapsing with { Steps = 90 }).Dispose();
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        Train(Collapsing with { Steps = 90 }).Dispose();
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Options_outside_their_ranges_are_refused_by_name()
    {
        string Refusal(AdversarialTrainingOptions options)
        {
            using var model = TinyModels.Kl();
            return Assert.Throws<OptionException>(() => new AutoencoderTrainer(model, Collapsing with { Adversarial = options })).Message;
        }

        Assert.Equal("Adversarial.RampSteps is -1; it must be at least 0.", Refusal(new() { RampSteps = -1 }));
        Assert.Equal("Adversarial.CollapseLimit is 1; it must be above 1, or null for no rollback.", Refusal(new() { CollapseLimit = 1 }));
    }

    private static double[] Factors(AutoencoderTrainingOptions options)
    {
        var factors = new List<double>();
        Train(options, step => factors.Add(step.Logged["disc_factor"])).Dispose();
        return [.. factors];
    }

    private static TrainingResult<AutoencoderModel> Train(
        AutoencoderTrainingOptions options, Action<TrainingStep>? onStep = null, CancellationToken cancellationToken = default)
    {
        using var model = TinyModels.Kl();
        return new AutoencoderTrainer(model, options).Train(
            new ToyImages(16, side: 8), progress: new Steps(step => onStep?.Invoke(step)), cancellationToken: cancellationToken);
    }
}
