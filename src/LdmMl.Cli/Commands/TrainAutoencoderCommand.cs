using System.CommandLine;
using LdmMl.Cli.Output;
using LdmMl.Cli.Pipelines;
using LdmMl.Torch.Losses;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Training;

namespace LdmMl.Cli.Commands;

/// <summary><c>ldmml train autoencoder</c>: trains a KL autoencoder on a folder of images and writes it as a diffusers folder.</summary>
internal static class TrainAutoencoderCommand
{
    private static readonly Option<DirectoryInfo> Images = new("--images") { Description = "The folder of images to learn.", Required = true };
    private static readonly Option<DirectoryInfo> Out = new("--out") { Description = "The folder for the model; an earlier model there is replaced.", Required = true };
    private static readonly Option<DirectoryInfo?> Validation = new("--validation") { Description = "A folder of images that are not learnt, to measure the progress on." };
    private static readonly Option<int> Size = new("--size") { Description = "The side of the square that images are brought to.", DefaultValueFactory = _ => 64 };
    private static readonly Option<int> Channels = new("--channels") { Description = "The width of the network's first level, a multiple of --norm-groups.", DefaultValueFactory = _ => 32 };
    private static readonly Option<int[]> Multipliers = new("--multipliers") { Description = "The width of each level as a multiple of --channels; n levels shrink images 2^(n-1) times.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [1, 2, 2] };
    private static readonly Option<int> Blocks = new("--blocks") { Description = "How many residual blocks a level has.", DefaultValueFactory = _ => 1 };
    private static readonly Option<int> LatentChannels = new("--latent-channels") { Description = "The channels of the latent.", DefaultValueFactory = _ => 4 };
    private static readonly Option<int> NormGroups = new("--norm-groups") { Description = "The groups of every normalisation.", DefaultValueFactory = _ => 32 };
    private static readonly Option<int> Epochs = new("--epochs") { Description = "How often each image is seen.", DefaultValueFactory = _ => 10 };
    private static readonly Option<int?> Steps = new("--steps") { Description = "How many steps to take, instead of --epochs." };
    private static readonly Option<int> Batch = new("--batch") { Description = "How many images a step sees.", DefaultValueFactory = _ => 16 };
    private static readonly Option<double> LearningRate = new("--learning-rate") { Description = "The largest learning rate.", DefaultValueFactory = _ => 1e-3 };
    private static readonly Option<int> Warmup = new("--warmup") { Description = "Over how many steps the learning rate rises at first.", DefaultValueFactory = _ => 100 };
    private static readonly Option<LearningRateDecay> Decay = new("--decay") { Description = "How the learning rate falls afterwards.", DefaultValueFactory = _ => LearningRateDecay.Cosine };
    private static readonly Option<ReconstructionError> Error = new("--error") { Description = "Absolute is L1, Squared is L2.", DefaultValueFactory = _ => ReconstructionError.Absolute };
    private static readonly Option<double> KlWeight = new("--kl-weight") { Description = "The weight of the KL divergence.", DefaultValueFactory = _ => 1e-6 };
    private static readonly Option<double?> Clip = new("--clip") { Description = "The largest norm of the gradients." };
    private static readonly Option<bool> Flips = new("--flips") { Description = "Mirror every other image." };
    private static readonly Option<long> Seed = new("--seed") { Description = "Decides weights, order and noise; the same seed gives the same model.", DefaultValueFactory = _ => 1 };
    private static readonly Option<FileInfo?> Json = CommonOptions.Json();

    public static Command Create()
    {
        CommonOptions.Within(Size, 1, CommonOptions.LargestSize);
        foreach (var option in new[] { Channels, Blocks, LatentChannels, NormGroups, Epochs, Batch })
            CommonOptions.AtLeast(option, 1);
        CommonOptions.AtLeast(Steps, 1);
        var command = new Command("autoencoder", "Trains a KL autoencoder and writes it as a diffusers folder.")
        {
            Images, Out, Validation, Size, Channels, Multipliers, Blocks, LatentChannels, NormGroups,
            Epochs, Steps, Batch, LearningRate, Warmup, Decay, Error, KlWeight, Clip, Flips, Seed, Json,
        };
        command.SetHandler(Run);
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var seed = parsed.GetValue(Seed);
        var target = parsed.GetRequiredValue(Out);
        var files = ImageFiles.List(parsed.GetRequiredValue(Images));
        var held = parsed.GetValue(Validation) is { } folder ? ImageFiles.List(folder) : [];
        var config = ConfigOf(parsed);
        if (parsed.GetValue(Size) % config.DownsampleFactor != 0)
            throw new ArgumentException($"--size is {parsed.GetValue(Size)}; with {config.ChannelMultipliers.Count} levels it must be a multiple of {config.DownsampleFactor}.");
        OutputFolder.CheckApart(target, parsed.GetRequiredValue(Images));
        using var model = AutoencoderModel.Create(config, seed);
        var trainer = new AutoencoderTrainer(model, OptionsOf(parsed, seed));
        OutputFolder.Check("--out", target);
        JsonOutput.Check(parsed.GetValue(Json));

        ImageSet? images = null, validation = null;
        ProgressDisplay.Run("read images", report => images = TrainingImages.Read(files, parsed.GetValue(Size), report, cancellation));
        if (held.Length > 0)
            ProgressDisplay.Run("read validation images", report => validation = TrainingImages.Read(held, parsed.GetValue(Size), report, cancellation));
        Terminal.Message($"{model.ParameterCount:N0} parameters, {files.Length} images, {held.Length} validation images");

        AutoencoderTrainingResult? result = null;
        ProgressDisplay.Run("train", report => result = trainer.Train(images!, validation, step => Report(step, report), cancellation));
        using (result)
            return Finish(result!, target, parsed.GetValue(Json));
    }

    private static KlAutoencoderConfig ConfigOf(ParseResult parsed) => new()
    {
        BaseChannels = parsed.GetValue(Channels),
        ChannelMultipliers = parsed.GetRequiredValue(Multipliers),
        ResidualBlocks = parsed.GetValue(Blocks),
        LatentChannels = parsed.GetValue(LatentChannels),
        NormGroups = parsed.GetValue(NormGroups),
        Resolution = parsed.GetValue(Size),
    };

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
        GradientClipNorm = parsed.GetValue(Clip),
        HorizontalFlips = parsed.GetValue(Flips),
    };

    private static void Report(TrainingStep step, Action<double, string> report)
    {
        var terms = string.Join(", ", step.Terms.Select(term => $"{term.Name} {term.Value:G4}"));
        report((double)step.Step / step.Steps, $"step {step.Step}/{step.Steps}, {terms}, {step.ImagesPerSecond:F0} images/s");
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
        JsonOutput.Write(json, new { model = ModelInfo.Of(result.Model), outcome = result.Outcome.ToString(), lastStep = result.LastStep, validation = result.Validation });
        return result.Outcome == TrainingOutcome.Completed ? ExitCode.Success : ExitCode.Interrupted;
    }
}
