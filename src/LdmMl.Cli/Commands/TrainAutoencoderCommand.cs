using System.CommandLine;
using LdmMl.Cli.Output;
using LdmMl.Cli.Pipelines;
using LdmMl.Torch.Losses;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Training;

namespace LdmMl.Cli.Commands;

/// <summary><c>ldmml train autoencoder</c>: trains a KL autoencoder on a folder of images and writes it as a diffusers folder.</summary>
internal static class TrainAutoencoderCommand
{
    private static readonly Option<DirectoryInfo> Images = new("--images") { Description = "The folder of images to learn.", Required = true };
    private static readonly Option<DirectoryInfo> Out = new("--out")
    {
        Description = "The folder for the model; an earlier model there is replaced.",
        Required = true,
    };
    private static readonly Option<DirectoryInfo?> Validation = new("--validation")
    {
        Description = "A folder of images that are not learnt, to measure the progress on.",
    };
    private static readonly Option<int> Epochs = new("--epochs") { Description = "How often each image is seen.", DefaultValueFactory = _ => 10 };
    private static readonly Option<int?> Steps = new("--steps") { Description = "How many steps to take, instead of --epochs." };
    private static readonly Option<int> Batch = new("--batch") { Description = "How many images a step sees.", DefaultValueFactory = _ => 16 };
    private static readonly Option<double> LearningRate = new("--learning-rate")
    {
        Description = "The largest learning rate.",
        DefaultValueFactory = _ => 1e-3,
    };
    private static readonly Option<int> Warmup = new("--warmup")
    {
        Description = "Over how many steps the learning rate rises at first.",
        DefaultValueFactory = _ => 100,
    };
    private static readonly Option<LearningRateDecay> Decay = new("--decay")
    {
        Description = "How the learning rate falls afterwards.",
        DefaultValueFactory = _ => LearningRateDecay.Cosine,
    };
    private static readonly Option<ReconstructionError> Error = new("--error")
    {
        Description = "Absolute is L1, Squared is L2.",
        DefaultValueFactory = _ => ReconstructionError.Absolute,
    };
    private static readonly Option<double> KlWeight = new("--kl-weight")
    {
        Description = "The weight of the KL divergence.",
        DefaultValueFactory = _ => 1e-6,
    };
    private static readonly Option<double> LogVariance = new("--log-variance")
    {
        Description = "The logarithm of the variance with which pixels are assumed to scatter.",
        DefaultValueFactory = _ => 0,
    };
    private static readonly Option<bool> LearnedLogVariance = new("--learned-log-variance")
    {
        Description = "Learn that variance with the weights, from --log-variance on.",
    };
    private static readonly Option<string?> Lpips = PerceptualOptions.Lpips();
    private static readonly Option<string?> Perceptual = PerceptualOptions.Perceptual();
    private static readonly Option<double> PerceptualWeight = new("--perceptual-weight")
    {
        Description = "The weight of the perceptual distance beside a pixel's error.",
        DefaultValueFactory = _ => 1,
    };
    private static readonly Option<double?> Clip = new("--clip") { Description = "The largest norm of the gradients." };
    private static readonly Option<bool> Flips = new("--flips") { Description = "Mirror every other image." };
    private static readonly Option<long> Seed = new("--seed")
    {
        Description = "Decides weights, order and noise; the same seed gives the same model.",
        DefaultValueFactory = _ => 1,
    };
    private static readonly Option<bool> SkipBroken = new("--skip-broken")
    {
        Description = "Leave out files that cannot be read, with a warning, instead of stopping.",
    };
    private static readonly Option<FileInfo?> Json = CommonOptions.Json();

    public static Command Create()
    {
        AutoencoderNetworkOptions.Validate();
        CommonOptions.AtLeast(Epochs, 1);
        CommonOptions.AtLeast(Batch, 1);
        CommonOptions.AtLeast(Steps, 1);
        var command = new Command("autoencoder", "Trains a KL autoencoder and writes it as a diffusers folder.");
        foreach (var option in (Option[])
        [
            Images, Out, Validation, .. AutoencoderNetworkOptions.All, Epochs, Steps, Batch, LearningRate, Warmup, Decay,
            Error, KlWeight, LogVariance, LearnedLogVariance, Lpips, Perceptual, PerceptualWeight, .. AdversarialOptions.All,
            Clip, Flips, SkipBroken, Seed, Json,
        ])
        {
            command.Options.Add(option);
        }

        command.SetHandler(Run);
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var seed = parsed.GetValue(Seed);
        var target = parsed.GetRequiredValue(Out);
        var files = ImageFiles.List(parsed.GetRequiredValue(Images));
        var held = parsed.GetValue(Validation) is { } folder ? ImageFiles.List(folder) : [];
        var (config, size) = (AutoencoderNetworkOptions.Read(parsed), parsed.GetValue(AutoencoderNetworkOptions.Size));
        OutputFolder.CheckApart(target, parsed.GetRequiredValue(Images));
        using var model = OptionNames.InTerms(() => AutoencoderModel.Create(config, seed));
        if (size % config.DownsampleFactor != 0)
            throw new ArgumentException(
                $"--size is {size}; with {config.ChannelMultipliers.Count} levels it must be a multiple of {config.DownsampleFactor}.");
        using var perceptual = LoadPerceptual(parsed, size);
        var adversarial = AdversarialOptions.Read(parsed, size);
        var options = OptionsOf(parsed, seed) with { PerceptualModel = perceptual, Adversarial = adversarial };
        var trainer = OptionNames.InTerms(() => new AutoencoderTrainer(model, options));
        OutputFolder.Check("--out", target);
        JsonOutput.Check(parsed.GetValue(Json));

        var (images, validation) = Read(parsed, files, held, cancellation);
        Terminal.Message($"{model.ParameterCount:N0} parameters, {images.Count} images, {validation?.Count ?? 0} validation images");
        if (perceptual is not null)
            Terminal.Message($"perceptual term: {perceptual.Name}");
        using var result = Train(trainer, images, validation, parsed.GetValue(Json), cancellation);
        return Finish(result, target, parsed.GetValue(Json));
    }

    private static (ImageSet Images, ImageSet? Validation) Read(ParseResult parsed, string[] files, string[] held, CancellationToken cancellation)
    {
        var (size, broken) = (parsed.GetValue(AutoencoderNetworkOptions.Size), parsed.GetValue(SkipBroken)
            ? ImageFileErrors.Missing : ImageFileErrors.Throw);
        ImageSet? images = null, validation = null;
        ProgressDisplay.Run("read images", report => images = TrainingImages.Read(files, size, broken, report, cancellation));
        if (held.Length > 0)
            ProgressDisplay.Run("read validation images", report => validation = TrainingImages.Read(held, size, broken, report, cancellation));
        return (images!, validation);
    }

    private static AutoencoderTrainingResult Train(
        AutoencoderTrainer trainer, ImageSet images, ImageSet? validation, FileInfo? json, CancellationToken cancellation)
    {
        AutoencoderTrainingResult? result = null;
        TrainingStep? last = null;
        try
        {
            ProgressDisplay.Run("train", report => result = trainer.Train(images, validation, step => Report(last = step, report), cancellation));
            return result!;
        }
        catch (TrainingDivergedException failure)
        {
            JsonOutput.Write(json, TrainingSummary.Of(failure, last));
            throw new InvalidOperationException($"{failure.Message} No model is saved.", failure);
        }
    }

    private static PerceptualModel? LoadPerceptual(ParseResult parsed, int size)
    {
        var model = PerceptualOptions.Load(parsed.GetValue(Lpips), parsed.GetValue(Perceptual));
        if (model is null && parsed.GetResult(PerceptualWeight) is { Implicit: false })
            throw new ArgumentException("--perceptual-weight is about a perceptual term, but there is none; give --lpips or --perceptual, too.");
        if (model is null || size >= model.MinimumSize)
            return model;
        using (model)
            throw new ArgumentException($"--size is {size}; {model.Name} needs at least {model.MinimumSize}.");
    }

    private static AutoencoderTrainingOptions OptionsOf(ParseResult parsed, long seed) => new()
    {
        Epochs = parsed.GetValue(Epochs),
        Steps = parsed.GetValue(Steps),
        BatchSize = parsed.GetValue(Batch),
        Seed = seed,
        LearningRate = parsed.GetValue(LearningRate),
        WarmupSteps = parsed.GetValue(Warmup),
        Decay = parsed.GetValue(Decay),
        ReconstructionError = parsed.GetValue(Error),
        KullbackLeiblerWeight = parsed.GetValue(KlWeight),
        LogVariance = parsed.GetValue(LogVariance),
        LearnLogVariance = parsed.GetValue(LearnedLogVariance),
        PerceptualWeight = parsed.GetValue(PerceptualWeight),
        GradientClipNorm = parsed.GetValue(Clip),
        HorizontalFlips = parsed.GetValue(Flips),
    };

    private static void Report(TrainingStep step, Action<double, string> report)
    {
        report((double)step.Step / step.Steps, TrainingSummary.Of(step));
        if (step.Validation is { } validation)
            Terminal.Message($"epoch {step.Epoch}, step {step.Step}: validation PSNR {validation.Psnr:F2} dB, L1 {validation.MeanAbsoluteError:F4}");
    }

    private static int Finish(AutoencoderTrainingResult result, DirectoryInfo folder, FileInfo? json)
    {
        if (result.LastStep is null)
        {
            Terminal.Error("Interrupted before the first step; nothing is written.");
            return ExitCode.Interrupted;
        }
        result.Model.Save(folder.FullName);
        Terminal.WriteLine($"{result.Outcome} after {result.LastStep.Step} steps: {folder.FullName}");
        if (result.Validation is { } validation)
            Terminal.WriteLine($"validation: PSNR {validation.Psnr:F2} dB, L1 {validation.MeanAbsoluteError:F4}");
        JsonOutput.Write(json, TrainingSummary.Of(result));
        return result.Outcome == TrainingOutcome.Completed ? ExitCode.Success : ExitCode.Interrupted;
    }
}
