using System.CommandLine;
using LdmMl.Cli.Arguments;
using LdmMl.Cli.Labelling;
using LdmMl.Cli.Output;
using LdmMl.Cli.Pipelines;
using LdmMl.Files;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Training;

namespace LdmMl.Cli.Commands;

/// <summary>
/// <c>ldmml train diffusion</c>: trains a diffusion model in the latent space of an autoencoder and writes both as a diffusers folder.
/// </summary>
internal static class TrainDiffusionCommand
{
    private static readonly Option<string?> Autoencoder = new("--autoencoder")
    {
        Description = "The trained autoencoder (the first stage), as 'ldmml train autoencoder' writes it; any model that 'ldmml info' opens. "
            + "Needed unless --lora-rank is given.",
        HelpName = "MODEL",
    };
    private static readonly Option<DirectoryInfo> Images = new("--images")
    {
        Description = "The folder of training images, with its subfolders.", Required = true,
    };
    private static readonly Option<DirectoryInfo> Out = new("--out") { Description = "The folder for the model.", Required = true };
    private static readonly Option<DirectoryInfo?> Validation = new("--validation")
    {
        Description = "A folder of other images for validation; their labels or captions are found like those of --images.",
    };
    private static readonly Option<int?> Size = CommonOptions.Size(
        "The side of the square to which images are resized; by default the autoencoder's.");
    private static readonly StateOptions State = new(new DiffusionTrainingOptions());
    private static readonly Option<StorageFormat> Storage = Values.Choice(
        "--storage", "The number format of the weights in the files.", StorageFormat.Float32);
    private static readonly ReadingOptions Reading = new();
    private static readonly DataOptions Data = new();
    private static readonly ComputeOptions Compute = new();
    private static readonly OutputOptions Output = new();
    private static readonly WatchOptions Watch = new();

    private static readonly OptionTerms Terms = DiffusionLearningOptions.Terms.And(DiffusionNetworkOptions.Terms).And(CaptionOptions.Terms).And(State.Terms)
        .And(Watch.Terms).And(LoraOptions.Terms).And(Data.Terms);

    public static Command Create()
    {
        var command = new ToolCommand(
            "diffusion",
            "Trains a diffusion model in the latent space of an autoencoder and writes both as a diffusers folder; or, with --lora-rank, a small LoRA file "
            + "for a trained model.")
        {
            Examples =
            [
                "ldmml train diffusion --autoencoder models/first --images photos --out models/photos --epochs 200",
                "ldmml train diffusion --autoencoder models/first --images photos --labels labels.csv --out models/photos --resume",
                "ldmml train diffusion --autoencoder models/first --images photos --captions captions.tsv --out models/photos --text-tokens 32",
                "ldmml train diffusion --autoencoder models/first --images birds --label-folders --schedule cosine --prediction v --out models/birds",
                "ldmml train diffusion --initial-model models/photos --lora-rank 8 --images sketches --out loras/sketch --learning-rate 1e-3",
            ],
        };
        command.With("Images", [Images, .. LabelOptions.All, Validation, Size, .. Reading.All, .. Data.All])
            .With("Network", [Autoencoder, LoraOptions.Initial, .. DiffusionNetworkOptions.All])
            .With("LoRA", LoraOptions.Own).With("Text encoder", CaptionOptions.Encoder).With("Training", DiffusionLearningOptions.Learning)
            .With("Objective", DiffusionLearningOptions.Objective).With("Computing", Compute.InFloat32)
            .With("Output", [Out, .. State.All, Storage, .. Watch.All, .. Output.All]);
        command.SetHandler((parsed, cancellation) => TrainingTogether.Run(() => Run(parsed, cancellation)));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var target = parsed.GetRequiredValue(Out);
        var (files, held) = LabelOptions.FindFiles(
            parsed, Reading.Open(parsed, Images, cancellation),
            parsed.GetValue(Validation) is { } others ? Reading.Open(parsed, "--validation", others, cancellation) : null);
        OutputFolder.CheckApart(target, parsed.GetRequiredValue(Images));
        var isLora = LoraOptions.IsWanted(parsed);
        State.CheckFree(parsed, target, Output.Overwrites(parsed), isLora ? "a LoRA" : "a model", isLora ? [TrainedLora.FileName] : ModelFolder.Contents);
        LoraOptions.Check(parsed, [Autoencoder, .. DiffusionNetworkOptions.All, .. CaptionOptions.Encoder, .. DiffusionLearningOptions.OfModel]);
        using var initial = LoraOptions.Open(parsed, Compute.Device(parsed));
        using var first = isLora ? initial!.Autoencoder.Share() : Open(parsed);
        var size = parsed.GetValue(Size) ?? (isLora ? initial!.DefaultWidth : (first.Config as ConvolutionalAutoencoderConfig)?.Resolution ?? 64);
        var options = State.Add(parsed, target, LoraOptions.Add(parsed, Options(parsed, first, files), initial));
        CheckSize(
            size, first.Config, (options.UNet ?? initial!.Config.UNet).DownsampleFactor, options.UNet is null ? "model's U-Net" : "U-Net's --multipliers");
        options = Data.AddAll(parsed, Watch.Add(parsed, options, files.Paths.Count));
        var trainer = Terms.Run(() => new DiffusionTrainer(first, options));
        OutputFolder.Check("--out", target);
        Output.Check(parsed, continues: State.Resumes(parsed));
        Watch.Check(parsed, Output, continues: State.Resumes(parsed));

        var reader = new SizedImages { Width = size, Height = size, MaximumPixels = Reading.MaximumPixels(parsed) };
        var (channels, memory) = (first.Config.ImageChannels, Data.Memory(parsed));
        var images = TrainingFiles.Join(TrainingFiles.Open("", files, reader, channels, memory, cancellation), files);
        var validation = held is null ? null : TrainingFiles.Join(
            TrainingFiles.Open("validation ", held, reader, channels, memory, cancellation), held, images.LabelNames);
        Terminal.Message(
            $"{Counted.Of(images.Images.Count, "image")}, {Conditions(images)}, "
            + $"{Counted.Of(validation?.Images.Count ?? 0, "validation image")}; they are encoded once, before the first step");
        State.Begin(parsed, target);
        using var result = Train(parsed, trainer, images, validation, cancellation);
        return Finish(parsed, result, target);
    }

    private static AutoencoderModel Open(ParseResult parsed)
    {
        var device = Compute.Device(parsed);
        var path = parsed.GetValue(Autoencoder)
            ?? throw new ArgumentException("--autoencoder is not given; name the trained autoencoder, or give --lora-rank to train a LoRA for --initial-model.");
        using var model = AutoencoderModel.Load(path);
        return model.To(device, ModelPrecision.Float32);
    }

    private static DiffusionTrainingOptions Options(ParseResult parsed, AutoencoderModel first, LabelledFiles files)
    {
        var text = CaptionOptions.Read(parsed);
        return DiffusionLearningOptions.Read(parsed) with
        {
            Convolutions = Compute.Convolutions(parsed),
            TextEncoder = text,
            UNet = DiffusionNetworkOptions.Read(
                parsed, first.Config.LatentChannels, files.Labels is not null, files.Captions is null ? null : text.Width),
        };
    }

    private static void CheckSize(int size, AutoencoderConfig first, int factor, string network)
    {
        var multiple = first.DownsampleFactor * factor;
        if (size % multiple != 0)
        {
            throw new ArgumentException(
                $"--size is {size}; it must be a multiple of {multiple}: {first.DownsampleFactor} for the autoencoder, times "
                + $"{factor} for the {network}.");
        }
    }

    private static string Conditions(LabeledImages images) => images.Captions is { } captions
        ? Counted.Of(captions.Sum(wordings => wordings.Count), "caption") : Counted.Of(images.LabelNames?.Count ?? 0, "label");

    private static IEnumerable<(string Name, string Value)> Settings(ParseResult parsed, LabeledImages images, LabeledImages? validation) =>
    [
        ("images", $"{Counted.Of(images.Images.Count, "image")} of {parsed.GetRequiredValue(Images)}"),
        ("labels", images.LabelNames is { } names ? string.Join(", ", names) : "none"),
        ("captions", images.Captions is null ? "none" : $"{Conditions(images)}{(LoraOptions.IsWanted(parsed) ? "" : ", with a text encoder trained on them")}"),
        ("validation", validation is null ? "none" : $"{Counted.Of(validation.Images.Count, "image")} of {parsed.GetValue(Validation)}"),
        LoraOptions.IsWanted(parsed) ? ("LoRA for", parsed.GetValue(LoraOptions.Initial)!) : ("autoencoder", parsed.GetValue(Autoencoder)!),
        ("model", parsed.GetRequiredValue(Out).FullName),
    ];

    private static TrainingResult<LatentDiffusionModel> Train(
        ParseResult parsed, DiffusionTrainer trainer, LabeledImages images, LabeledImages? validation, CancellationToken cancellation)
    {
        TrainingObservers? observers = null;
        try
        {
            return Watch.Run(parsed, Settings(parsed, images, validation), watching => TrainingFiles.WhileReading(
                State.Keeps(parsed), () => Terms.Run(() => trainer.Train(images, validation, observers = watching, cancellation))));
        }
        catch (TrainingDivergedException failure)
        {
            Output.Write(parsed, TrainingSummary.Of(failure, observers?.Last));
            throw new InvalidOperationException($"{failure.Message} Nothing is saved.", failure);
        }
    }

    private static int Finish(ParseResult parsed, TrainingResult<LatentDiffusionModel> result, DirectoryInfo folder)
    {
        if (result.Steps == 0)
        {
            Terminal.Error("Interrupted before the first step; nothing was written.");
            return ExitCode.Interrupted;
        }

        if (!Terminal.IsQuiet)                                   // the first of several processes writes
            Save(result, folder, parsed.GetValue(Storage));
        Terminal.WriteLine(StateOptions.Describe(result, folder));
        if (result.Validation is { } validation)
            Terminal.WriteLine($"validation: {BestValidation.Describe(validation)}");
        Output.Write(parsed, TrainingSummary.Of(result));
        if (result.Outcome != TrainingOutcome.Cancelled)
            return ExitCode.Success;
        if (State.Keeps(parsed))
            Terminal.Error("Interrupted; the same command with --resume continues from there.");
        return ExitCode.Interrupted;
    }

    private static void Save(TrainingResult<LatentDiffusionModel> result, DirectoryInfo folder, StorageFormat format)
    {
        if (result.Lora is not { } lora)
        {
            result.Model.Save(folder.FullName, format);
            return;
        }

        folder.Create();
        lora.Save(Path.Combine(folder.FullName, TrainedLora.FileName), format);
        Terminal.Message($"{lora}: {TrainedLora.FileName}, for 'ldmml generate --lora'");
    }
}
