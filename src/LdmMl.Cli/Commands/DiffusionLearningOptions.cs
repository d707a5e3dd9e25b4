using System.CommandLine;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Losses;
using LdmMl.Torch.Training;

namespace LdmMl.Cli.Commands;

/// <summary>The options that say how, how long and for what a diffusion model is trained.</summary>
internal static class DiffusionLearningOptions
{
    private static readonly DiffusionTrainingOptions Default = new();
    private static readonly Option<int> Epochs = new("--epochs") { Description = "How often each image is seen.", DefaultValueFactory = _ => Default.Epochs };
    private static readonly Option<int?> Steps = new("--steps") { Description = "How many steps to take, instead of --epochs." };
    private static readonly Option<int> Batch = new("--batch")
    {
        Description = "How many images a step sees.", DefaultValueFactory = _ => Default.BatchSize,
    };
    private static readonly Option<double> LearningRate = new("--learning-rate")
    {
        Description = "The largest learning rate.", DefaultValueFactory = _ => Default.LearningRate,
    };
    private static readonly Option<int?> Warmup = new("--warmup")
    {
        Description = "Over how many steps the learning rate rises at first; 100 without it, or, with a decay, at most a tenth of the steps.",
    };
    private static readonly Option<LearningRateDecay> Decay = new("--decay")
    {
        Description = "How the learning rate falls afterwards.", DefaultValueFactory = _ => Default.Decay,
    };
    private static readonly Option<double> WeightDecay = new("--weight-decay")
    {
        Description = "How strongly weights are drawn to 0.", DefaultValueFactory = _ => Default.WeightDecay,
    };
    private static readonly Option<double> Clip = new("--clip")
    {
        Description = "The largest norm of the gradients; 0 for no limit.", DefaultValueFactory = _ => Default.GradientClipNorm ?? 0,
    };
    private static readonly Option<double> Ema = new("--ema")
    {
        Description = "How much of the weights' moving average, which is what is saved, a step keeps; 0 saves the last step's weights.",
        DefaultValueFactory = _ => Default.EmaDecay ?? 0,
    };
    private static readonly Option<double> LabelDropout = new("--label-dropout")
    {
        Description = "How often a label is withheld, so that 'generate --guidance' has something to push away from.",
        DefaultValueFactory = _ => Default.LabelDropout,
    };
    private static readonly Option<Prediction> Predict = new("--prediction")
    {
        Description = "What the network predicts: the noise, the image, or the velocity between them.",
        DefaultValueFactory = _ => Prediction.Epsilon,
    };
    private static readonly Option<BetaCurve> Schedule = new("--schedule")
    {
        Description = "How noise grows over the steps: ScaledLinear, Linear, SquareRoot or Cosine.",
        DefaultValueFactory = _ => BetaCurve.ScaledLinear,
    };
    private static readonly Option<bool> ZeroTerminal = new("--zero-terminal-snr")
    {
        Description = "Let the last step of the schedule be noise alone; not with --prediction Epsilon.",
    };
    private static readonly Option<double?> MinimumSnr = new("--min-snr")
    {
        Description = "Let steps with little noise count less: the largest signal-to-noise ratio that counts; 5 is usual.",
    };
    private static readonly Option<LatentVariation> Latents = new("--latents")
    {
        Description = "Which latent of an image is learnt: a new sample of its posterior each time, or always the mean, for half the memory.",
        DefaultValueFactory = _ => LatentVariation.Sample,
    };
    private static readonly Option<string> Sampler = new("--sampler")
    {
        Description = "How 'generate' samples the model unless told otherwise: one of the samplers that 'ldmml generate --help' lists.",
        HelpName = "SAMPLER",
        DefaultValueFactory = _ => SamplerRegistry.NameOf(Default.Sampling.Sampler),
    };
    private static readonly Option<int> SamplingSteps = new("--sampling-steps")
    {
        Description = "In how many steps.", DefaultValueFactory = _ => Default.Sampling.Steps,
    };
    private static readonly Option<int?> ValidationInterval = new("--validation-interval")
    {
        Description = "After how many steps the progress is measured on --validation; without it after every epoch.",
    };
    private static readonly Option<bool> Flips = new("--flips") { Description = "Mirror every other image." };

    /// <summary>Gets the seed.</summary>
    public static Option<long> Seed { get; } = new("--seed")
    {
        Description = "Decides weights, order and noise; the same seed gives the same model.", DefaultValueFactory = _ => 1,
    };

    /// <summary>Gets all of them, in the order in which help shows them.</summary>
    public static IReadOnlyList<Option> All { get; } =
    [
        Epochs, Steps, Batch, LearningRate, Warmup, Decay, WeightDecay, Clip, Ema, LabelDropout, Predict, Schedule, ZeroTerminal, MinimumSnr,
        Latents, Sampler, SamplingSteps, ValidationInterval, Flips, Seed,
    ];

    /// <summary>Refuses what can never be, before anything is parsed.</summary>
    public static void Validate()
    {
        foreach (var option in new[] { Epochs, Batch })
            CommonOptions.AtLeast(option, 1);
        CommonOptions.AtLeast(SamplingSteps, 1);
        CommonOptions.AtLeast(Steps, 1);
        CommonOptions.AtLeast(ValidationInterval, 1);
        CommonOptions.AtLeast(Warmup, 0);
    }

    /// <summary>Reads what was given.</summary>
    public static DiffusionTrainingOptions Read(ParseResult parsed)
    {
        var curve = parsed.GetValue(Schedule);
        if (curve == BetaCurve.Trained)
        {
            throw new ArgumentException(
                "--schedule is Trained, but the tool takes no list of betas; choose ScaledLinear, Linear, SquareRoot or Cosine.");
        }

        var usual = curve == BetaCurve.Linear ? NoiseScheduleConfig.Ddpm : NoiseScheduleConfig.LatentDiffusion;
        var schedule = usual with { Curve = curve, ZeroTerminalSnr = parsed.GetValue(ZeroTerminal) };
        return new()
        {
            Epochs = parsed.GetValue(Epochs), Steps = parsed.GetValue(Steps), BatchSize = parsed.GetValue(Batch), Seed = parsed.GetValue(Seed),
            LearningRate = parsed.GetValue(LearningRate), WarmupSteps = parsed.GetValue(Warmup), Decay = parsed.GetValue(Decay),
            WeightDecay = parsed.GetValue(WeightDecay), GradientClipNorm = parsed.GetValue(Clip) is not 0 and var norm ? norm : null,
            EmaDecay = parsed.GetValue(Ema) is not 0 and var decay ? decay : null, LabelDropout = parsed.GetValue(LabelDropout),
            Loss = new() { Prediction = parsed.GetValue(Predict), MinimumSnrGamma = parsed.GetValue(MinimumSnr) },
            Schedule = schedule,
            LatentVariation = parsed.GetValue(Latents), ValidationInterval = parsed.GetValue(ValidationInterval),
            Sampling = SamplingOf(parsed, schedule), HorizontalFlips = parsed.GetValue(Flips),
            LabelInput = parsed.GetValue(DiffusionNetworkOptions.LabelInput),
        };
    }

    // What could not be sampled is told before the training, not after it.
    private static SamplingSettings SamplingOf(ParseResult parsed, NoiseScheduleConfig schedule)
    {
        var sampling = new SamplingSettings
        {
            Sampler = SamplerRegistry.Create(parsed.GetValue(Sampler)!), Steps = parsed.GetValue(SamplingSteps),
            Spacing = schedule.ZeroTerminalSnr ? TimestepSpacing.Trailing : null,       // only this begins where nothing but noise is left
        };
        try
        {
            sampling.CreatePlan(new NoiseSchedule(schedule));
            return sampling;
        }
        catch (ArgumentException error)
        {
            throw new ArgumentException($"--sampler and --sampling-steps do not suit the schedule: {error.Message}", error);
        }
    }
}
