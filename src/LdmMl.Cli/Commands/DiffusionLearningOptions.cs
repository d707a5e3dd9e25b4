using System.CommandLine;
using LdmMl.Cli.Arguments;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Losses;
using LdmMl.Torch.Training;

namespace LdmMl.Cli.Commands;

/// <summary>The options that say how, how long and for what a diffusion model is trained.</summary>
internal static class DiffusionLearningOptions
{
    private static readonly DiffusionTrainingOptions Default = new();
    private static readonly Option<int> Epochs = Values.Whole("--epochs", "How many times each image is seen.", Default.Epochs);
    private static readonly Option<int?> Steps = Values.OptionalWhole("--steps", "How many steps to take, instead of --epochs.");
    private static readonly Option<int> Batch = CommonOptions.Batch("How many images a step sees.", Default.BatchSize);
    private static readonly Option<double> LearningRate = Values.Number("--learning-rate", "The largest learning rate.", Default.LearningRate);
    private static readonly Option<int?> Warmup = Values.OptionalWhole(
        "--warmup",
        "The number of warm-up steps over which the learning rate rises; by default 100 or, with a decay, at most a tenth of the steps.", least: 0);
    private static readonly Option<LearningRateDecay> Decay = Values.Choice("--decay", "How the learning rate falls after the warm-up.", Default.Decay);
    private static readonly Option<double> WeightDecay = Values.Number(
        "--weight-decay", "The weight decay of AdamW, which pulls weights towards 0.", Default.WeightDecay);
    private static readonly Option<double> Clip = Values.Number(
        "--clip", "The largest norm of the gradients; 0 for no limit.", Default.GradientClipNorm ?? 0);
    private static readonly Option<double> Ema = Values.Number(
        "--ema",
        "The decay of the exponential moving average of the weights, which is saved; 0 saves the weights of the last step.",
        Default.EmaDecay ?? 0);
    private static readonly Option<double> LabelDropout = Values.Number(
        "--label-dropout", "The share of images whose label is dropped, which 'generate --guidance' needs.", Default.LabelDropout);
    private static readonly Option<Prediction> Predict = Values.Choice(
        "--prediction", "What the network predicts: the noise (epsilon), the image (start), or the velocity between them (v).",
        Default.Loss.Prediction);
    private static readonly Option<BetaCurve> Schedule = Values.Choice("--schedule", "How noise grows over the steps.", Default.Schedule.Curve);
    private static readonly Option<bool> ZeroTerminal = new("--zero-terminal-snr")
    {
        Description = "Make the last step of the schedule pure noise; not with --prediction epsilon.",
    };
    private static readonly Option<double?> MinimumSnr = Values.OptionalNumber(
        "--min-snr", "Give steps with little noise a lower weight: the largest signal-to-noise ratio that counts; 5 is usual.");
    private static readonly Option<LatentVariation> Latents = Values.Choice(
        "--latents", "Which latent of an image is used: a new sample of its posterior each time, or always the mean, for half the memory.",
        Default.LatentVariation);
    private static readonly Option<ISampler?> Sampler = Values.Sampler(
        $"How 'generate' samples the model by default. [default: {Choices.NameOf(Default.Sampling.Sampler)}]");
    private static readonly Option<int> SamplingSteps = Values.Whole("--sampling-steps", "The number of steps for that.", Default.Sampling.Steps);
    private static readonly Option<int?> ValidationInterval = Values.OptionalWhole(
        "--validation-interval", "The number of steps between two validations on --validation; by default one epoch.");
    private static readonly Option<bool> Flips = new("--flips") { Description = "Mirror images half of the time." };

    private static readonly LoopOptions Loop = new(Default);

    /// <summary>Gets the seed.</summary>
    public static Option<long> Seed { get; } = Values.Seed("Determines weights, order and noise; the same seed gives the same model.", Default.Seed);

    /// <summary>Gets the options of how the weights are trained.</summary>
    public static IReadOnlyList<Option> Learning { get; } =
        [Epochs, Steps, Batch, LearningRate, Warmup, Decay, WeightDecay, Clip, Ema, ValidationInterval, .. Loop.All, Flips, Seed];

    /// <summary>Gets the options of what the network is trained for.</summary>
    public static IReadOnlyList<Option> Objective { get; } =
        [Predict, Schedule, ZeroTerminal, MinimumSnr, LabelDropout, Latents, Sampler, SamplingSteps];

    /// <summary>Gets those that a trained model has decided.</summary>
    public static IReadOnlyList<Option> OfModel { get; } = [Predict, Schedule, ZeroTerminal, Sampler, SamplingSteps];

    /// <summary>Gets what the library calls the options.</summary>
    public static OptionTerms Terms { get; } = new OptionTerms
    {
        { nameof(Default.Epochs), Epochs }, { nameof(Default.Steps), Steps }, { nameof(Default.BatchSize), Batch },
        { nameof(Default.LearningRate), LearningRate }, { nameof(Default.WarmupSteps), Warmup }, { nameof(Default.Decay), Decay },
        { nameof(Default.WeightDecay), WeightDecay }, { nameof(Default.GradientClipNorm), Clip }, { nameof(Default.EmaDecay), Ema },
        { nameof(Default.LabelDropout), LabelDropout }, { nameof(Default.Loss.Prediction), Predict },
        { nameof(Default.Loss.MinimumSnrGamma), MinimumSnr }, { nameof(Default.LabelInput), DiffusionNetworkOptions.LabelInput },
    }.And(Loop.Terms);

    private static readonly OptionTerms SamplingTerms = new()
    {
        { nameof(SamplingSettings.Sampler), Sampler }, { nameof(SamplingSettings.Steps), SamplingSteps },
    };

    /// <summary>Reads the options that were given.</summary>
    public static DiffusionTrainingOptions Read(ParseResult parsed)
    {
        var curve = parsed.GetValue(Schedule);
        if (curve == BetaCurve.Trained)
        {
            throw new ArgumentException(
                "--schedule is trained, but the tool takes no list of betas; choose scaled-linear, linear, square-root or cosine.");
        }

        var usual = curve == BetaCurve.Linear ? NoiseScheduleConfig.Ddpm : NoiseScheduleConfig.LatentDiffusion;
        var schedule = usual with { Curve = curve, ZeroTerminalSnr = parsed.GetValue(ZeroTerminal) };
        LoopOptions.CheckLength(parsed, Epochs, Steps);
        return Loop.Add(parsed, new DiffusionTrainingOptions
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
        });
    }

    // What could not be sampled is refused before the training, not after it.
    private static SamplingSettings SamplingOf(ParseResult parsed, NoiseScheduleConfig schedule)
    {
        var sampling = new SamplingSettings
        {
            Sampler = parsed.GetValue(Sampler) ?? Default.Sampling.Sampler, Steps = parsed.GetValue(SamplingSteps),
            Spacing = schedule.ZeroTerminalSnr ? TimestepSpacing.Trailing : null,       // only this spacing begins at pure noise
        };
        return SamplingTerms.Run(() =>
        {
            sampling.CreatePlan(new NoiseSchedule(schedule));
            return sampling;
        });
    }
}
