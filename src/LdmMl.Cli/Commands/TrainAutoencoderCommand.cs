using System.CommandLine;
using LdmMl.Cli.Output;
using LdmMl.Cli.Pipelines;
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
    private static readonly Option<string?> From = new("--from")
    {
        Description = "Go on from this model, with its weights and its network, instead of from random weights.",
        HelpName = "MODEL",
    };
    private static readonly Option<DirectoryInfo?> Validation = new("--validation")
    {
        Description = "A folder of images that are not learnt, to measure the progress on.",
    };
    private static readonly AutoencoderTrainingOptions Default = new();
    private static readonly Option<int> Epochs = new("--epochs")
    {
        Description = "How often each image is seen.", DefaultValueFactory = _ => Default.Epochs,
    };
    private static readonly Option<int?> Steps = new("--steps") { Description = "How many steps to take, instead of --epochs." };
    private static readonly Option<int> Batch = new("--batch") { Description = "How many images a step sees.", DefaultValueFactory = _ => Default.BatchSize };
    private static readonly Option<double> LearningRate = new("--learning-rate")
    {
        Description = "The largest learning rate.",
        DefaultValueFactory = _ => Default.LearningRate,
    };
    private static readonly Option<int?> Warmup = new("--warmup")
    {
        Description = "Over how many steps the learning rate rises at first; 100 without it, or, with a decay, at most a tenth of the steps.",
    };
    private static readonly Option<LearningRateDecay> Decay = new("--decay")
    {
        Description = "How the learning rate falls afterwards.",
        DefaultValueFactory = _ => Default.Decay,
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
            Images, Out, From, Validation, .. AutoencoderNetworkOptions.All, Epochs, Steps, Batch, LearningRate, Warmup, Decay,
            .. AutoencoderObjectiveOptions.All, .. AdversarialOptions.All,
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
        OutputFolder.CheckApart(target, parsed.GetRequiredValue(Images));
        var (model, size) = AutoencoderNetworkOptions.Open(parsed, parsed.GetValue(From), seed);
        using var opened = model;
        if (size % model.Config.DownsampleFactor != 0)
            throw new ArgumentException($"--size is {size}; with this network it must be a multiple of {model.Config.DownsampleFactor}.");
        using var perceptual = AutoencoderObjectiveOptions.LoadPerceptual(parsed, size);
        var options = AutoencoderObjectiveOptions.Add(parsed, perceptual, OptionsOf(parsed, seed)) with
        {
            Adversarial = AdversarialOptions.Read(parsed, size),
        };
        var trainer = OptionNames.InTerms(() => new AutoencoderTrainer(model, options));
        OutputFolder.Check("--out", target);
        JsonOutput.Check(parsed.GetValue(Json));

        var (images, validation) = Read(parsed, files, held, size, cancellation);
        Terminal.Message($"{model.ParameterCount:N0} parameters, {images.Count} images, {validation?.Count ?? 0} validation images");
        if (AutoencoderObjectiveOptions.Describe(parsed, options) is { } term)
            Terminal.Message(term);
        using var result = Train(trainer, images, validation, parsed.GetValue(Json), cancellation);
        return Finish(result, target, parsed.GetValue(Json));
    }

    private static (ImageSet Images, ImageSet? Validation) Read(
        ParseResult parsed, string[] files, string[] held, int size, CancellationToken cancellation)
    {
        var reader = new SizedImages { Width = size, Height = size, SkipBrokenFiles = parsed.GetValue(SkipBroken) };
        ImageSet? images = null, validation = null;
        ProgressDisplay.Run("read images", report => images = TrainingImages.Read(files, reader, report, cancellation).Images);
        if (held.Length > 0)
            ProgressDisplay.Run("read validation images", report => validation = TrainingImages.Read(held, reader, report, cancellation).Images);
        return (images!, validation);
    }

    private static AutoencoderTrainingResult Train(
        AutoencoderTrainer trainer, ImageSet images, ImageSet? validation, FileInfo? json, CancellationToken cancellation)
    {
        AutoencoderTrainingResult? result = null;
        TrainingStep? last = null;
        try
        {
            ProgressDisplay.Run("train", report => result = trainer.Train(
                images, validation, new StepReports(step => Report(last = step, report)), cancellation));
            return result!;
        }
        catch (TrainingDivergedException failure)
        {
            JsonOutput.Write(json, TrainingSummary.Of(failure, last));
            throw new InvalidOperationException($"{failure.Message} No model is saved.", failure);
        }
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
        GradientClipNorm = parsed.GetValue(Clip),
        HorizontalFlips = parsed.GetValue(Flips),
    };

    private static void Report(TrainingStep step, Action<double, string> report)
    {
        report((double)step.Step / step.Steps, TrainingSummary.Of(step));
        if (step.Validation is ReconstructionValidation validation)
            Terminal.Message($"epoch {step.Epoch}, step {step.Step}: validation PSNR {validation.Psnr:F2} dB, L1 {validation.MeanAbsoluteError:F4}");
    }

    private static int Finish(AutoencoderTrainingResult result, DirectoryInfo folder, FileInfo? json)
    {
        if (result.Steps == 0)
        {
            Terminal.Error("Interrupted before the first step; nothing is written.");
            return ExitCode.Interrupted;
        }
        result.Model.Save(folder.FullName);
        Terminal.WriteLine($"{result.Outcome} after {result.Steps} steps: {folder.FullName}");
        if (result.Validation is { } validation)
            Terminal.WriteLine($"validation: PSNR {validation.Psnr:F2} dB, L1 {validation.MeanAbsoluteError:F4}");
        JsonOutput.Write(json, TrainingSummary.Of(result));
        return result.Outcome == TrainingOutcome.Completed ? ExitCode.Success : ExitCode.Interrupted;
    }
}
