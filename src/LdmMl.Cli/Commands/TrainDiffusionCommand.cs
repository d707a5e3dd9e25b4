using System.CommandLine;
using LdmMl.Cli.Labelling;
using LdmMl.Cli.Output;
using LdmMl.Cli.Pipelines;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Training;

namespace LdmMl.Cli.Commands;

/// <summary>
/// <c>ldmml train diffusion</c>: trains a diffusion model in the latent space of an autoencoder and writes both as a diffusers folder.
/// </summary>
internal static class TrainDiffusionCommand
{
    private const string StateFolderName = "training";

    private static readonly Option<string> Autoencoder = new("--autoencoder")
    {
        Description = "The trained first stage, as 'ldmml train autoencoder' writes it; any model that 'ldmml info' opens.",
        Required = true,
        HelpName = "MODEL",
    };
    private static readonly Option<DirectoryInfo> Images = new("--images") { Description = "The folder of images to learn.", Required = true };
    private static readonly Option<DirectoryInfo> Out = new("--out")
    {
        Description = "The folder for the model; an earlier model there is replaced.", Required = true,
    };
    private static readonly Option<DirectoryInfo?> Validation = new("--validation")
    {
        Description = "A folder of images that are not learnt, to measure the progress on; --labels has theirs, too.",
    };
    private static readonly Option<int?> Size = new("--size")
    {
        Description = "The side of the square that images are brought to; without it the first stage's.",
    };
    private static readonly Option<bool> Resume = new("--resume")
    {
        Description = "Go on, to the same numbers, where the training in --out was interrupted; all else must be as it was begun.",
    };
    private static readonly Option<int> SaveInterval = new("--save-interval")
    {
        Description = "After how many steps the state from which --resume goes on is written; also at the end. 0 keeps none.",
        DefaultValueFactory = _ => 1000,
    };
    private static readonly Option<StorageFormat> Storage = new("--storage")
    {
        Description = "The number format of the weights in the files.", DefaultValueFactory = _ => StorageFormat.Float32,
    };
    private static readonly Option<bool> SkipBroken = new("--skip-broken")
    {
        Description = "Leave out files that cannot be read, with a warning, instead of stopping.",
    };
    private static readonly Option<FileInfo?> Json = CommonOptions.Json();

    public static Command Create()
    {
        CommonOptions.Within(Size, 1, CommonOptions.LargestSize);
        CommonOptions.AtLeast(SaveInterval, 0);
        DiffusionNetworkOptions.Validate();
        DiffusionLearningOptions.Validate();
        var command = new Command("diffusion", "Trains a diffusion model in the latent space of an autoencoder; writes both as a diffusers folder.");
        foreach (var option in (Option[])
        [
            Autoencoder, Images, .. LabelOptions.All, Out, Validation, Size, .. DiffusionNetworkOptions.All, .. DiffusionLearningOptions.All,
            Resume, SaveInterval, Storage, SkipBroken, Json,
        ])
        {
            command.Options.Add(option);
        }

        command.SetHandler(Run);
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var target = parsed.GetRequiredValue(Out);
        var (files, held) = LabelOptions.FindFiles(parsed, parsed.GetRequiredValue(Images), parsed.GetValue(Validation));
        OutputFolder.CheckApart(target, parsed.GetRequiredValue(Images));
        using var first = AutoencoderModel.Load(parsed.GetRequiredValue(Autoencoder));
        var size = parsed.GetValue(Size) ?? (first.Config as ConvolutionalAutoencoderConfig)?.Resolution ?? 64;
        var options = WithState(parsed, DiffusionLearningOptions.Read(parsed)) with
        {
            UNet = DiffusionNetworkOptions.Read(parsed, first.Config.LatentChannels, files.Labels is not null),
        };
        CheckSize(size, first.Config, options);
        var trainer = OptionNames.InTerms(() => new DiffusionTrainer(first, options));
        OutputFolder.Check("--out", target);
        JsonOutput.Check(parsed.GetValue(Json));

        var reader = new SizedImages { Width = size, Height = size, SkipBrokenFiles = parsed.GetValue(SkipBroken) };
        var images = Read("read images", files, files.Names, first, reader, cancellation);
        var validation = held is null ? null : Read("read validation images", held, files.Names, first, reader, cancellation);
        Terminal.Message(
            $"{images.Images.Count} images, {files.Names?.Length ?? 0} labels, {validation?.Images.Count ?? 0} validation images; "
            + "they are encoded once, before the first step");
        using var result = Train(trainer, images, validation, parsed.GetValue(Json), cancellation);
        return Finish(result, target, parsed);
    }

    private static DiffusionTrainingOptions WithState(ParseResult parsed, DiffusionTrainingOptions options)
    {
        if (parsed.GetValue(SaveInterval) == 0 && !parsed.GetValue(Resume))
            return options;
        return options with
        {
            StateFolder = Path.Combine(parsed.GetRequiredValue(Out).FullName, StateFolderName), Resume = parsed.GetValue(Resume),
            SaveInterval = parsed.GetValue(SaveInterval) is > 0 and var steps ? steps : int.MaxValue,
        };
    }

    private static void CheckSize(int size, AutoencoderConfig first, DiffusionTrainingOptions options)
    {
        var multiple = first.DownsampleFactor * options.UNet!.DownsampleFactor;
        if (size % multiple != 0)
        {
            throw new ArgumentException(
                $"--size is {size}; it must be a multiple of {multiple}: {first.DownsampleFactor} for the first stage, times "
                + $"{options.UNet.DownsampleFactor} for the U-Net's --multipliers.");
        }
    }

    private static LabeledImages Read(
        string title, LabelledFiles files, string[]? names, AutoencoderModel first, SizedImages reader, CancellationToken cancellation)
    {
        LabeledImages? images = null;
        ProgressDisplay.Run(title, report =>
        {
            var (set, kept) = TrainingImages.Read(files.Files, reader, report, cancellation, first.Config.ImageChannels);
            images = new(set, files.Numbers(kept, names), names);
        });
        return images!;
    }

    private static DiffusionTrainingResult Train(
        DiffusionTrainer trainer, LabeledImages images, LabeledImages? validation, FileInfo? json, CancellationToken cancellation)
    {
        DiffusionTrainingResult? result = null;
        TrainingStep? last = null;
        try
        {
            ProgressDisplay.Run("train", report => result = OptionNames.InTermsOfDiffusion(() =>
                trainer.Train(images, validation, new StepReports(step => Report(last = step, report)), cancellation)));
            return result!;
        }
        catch (TrainingDivergedException failure)
        {
            JsonOutput.Write(json, TrainingSummary.Of(failure, last));
            throw new InvalidOperationException($"{failure.Message} No model is saved.", failure);
        }
    }

    private static void Report(TrainingStep step, Action<double, string> report)
    {
        report((double)step.Step / step.Steps, TrainingSummary.Of(step));
        if (step.Validation is DiffusionValidation validation)
            Terminal.Message($"epoch {step.Epoch}, step {step.Step}: validation loss {validation.Loss:F5}");
    }

    private static int Finish(DiffusionTrainingResult result, DirectoryInfo folder, ParseResult parsed)
    {
        if (result.Steps == 0)
        {
            Terminal.Error("Interrupted before the first step; no model is written.");
            return ExitCode.Interrupted;
        }
        result.Model.Save(folder.FullName, parsed.GetValue(Storage));
        Terminal.WriteLine($"{result.Outcome} after {result.Steps} steps: {folder.FullName}");
        if (result.Validation is { } validation)
            Terminal.WriteLine($"validation: loss {validation.Loss:F5}");
        JsonOutput.Write(parsed.GetValue(Json), TrainingSummary.Of(result));
        if (result.Outcome == TrainingOutcome.Completed)
            return ExitCode.Success;
        if (parsed.GetValue(SaveInterval) > 0)
            Terminal.Error("Interrupted; the same command with --resume goes on from there.");
        return ExitCode.Interrupted;
    }
}
