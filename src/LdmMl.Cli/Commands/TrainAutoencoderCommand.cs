using System.CommandLine;
using LdmMl.Cli.Arguments;
using LdmMl.Cli.Output;
using LdmMl.Cli.Pipelines;
using LdmMl.Files;
using LdmMl.Torch.Models;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Training;

namespace LdmMl.Cli.Commands;

/// <summary><c>ldmml train autoencoder</c>: trains a KL autoencoder on a folder of images and writes it as a diffusers folder.</summary>
internal static class TrainAutoencoderCommand
{
    private static readonly AutoencoderTrainingOptions Default = new();
    private static readonly Option<DirectoryInfo> Images = new("--images")
    {
        Description = "The folder of training images, with its subfolders.", Required = true,
    };
    private static readonly Option<DirectoryInfo> Out = new("--out") { Description = "The folder for the model.", Required = true };
    private static readonly Option<string?> From = new("--from")
    {
        Description = "Start from this model, with its weights and its network, instead of from random weights.", HelpName = "MODEL",
    };
    private static readonly Option<DirectoryInfo?> Validation = new("--validation")
    {
        Description = "A folder of validation images.",
    };
    private static readonly Option<int> Epochs = Values.Whole("--epochs", "How many times each image is seen.", Default.Epochs);
    private static readonly Option<int?> Steps = Values.OptionalWhole("--steps", "How many steps to take, instead of --epochs.");
    private static readonly Option<int> Batch = CommonOptions.Batch("How many images a step sees.", Default.BatchSize);
    private static readonly Option<double> LearningRate = Values.Number("--learning-rate", "The largest learning rate.", Default.LearningRate);
    private static readonly Option<int?> Warmup = Values.OptionalWhole(
        "--warmup",
        "The number of warm-up steps over which the learning rate rises; by default 100 or, with a decay, at most a tenth of the steps.", least: 0);
    private static readonly Option<LearningRateDecay> Decay = Values.Choice("--decay", "How the learning rate falls after the warm-up.", Default.Decay);
    private static readonly Option<double?> Clip = Values.OptionalNumber(
        "--clip", "The largest norm of the gradients; by default there is no limit.");
    private static readonly Option<double> Ema = Values.Number(
        "--ema", "The decay of the exponential moving average of the weights, which is then saved; 0 for none.", Default.EmaDecay ?? 0);
    private static readonly Option<int?> ValidationInterval = Values.OptionalWhole(
        "--validation-interval", "The number of steps between two validations on --validation; by default one epoch.");
    private static readonly Option<bool> Flips = new("--flips") { Description = "Mirror images half of the time." };
    private static readonly Option<long> Seed = Values.Seed(
        "Determines weights, order and noise; the same seed gives the same model.", Default.Seed);
    private static readonly Option<int?> Crop = Values.OptionalWhole(
        "--crop", "Train on squares of this many pixels, cut from each image of --size at another random place each time; by default whole images.");
    private static readonly ReadingOptions Reading = new();
    private static readonly DataOptions Data = new();
    private static readonly ComputeOptions Compute = new();
    private static readonly LoopOptions Loop = new(Default);
    private static readonly StateOptions State = new(Default);
    private static readonly OutputOptions Output = new();
    private static readonly WatchOptions Watch = new();

    private static readonly OptionTerms Terms = new OptionTerms
    {
        { nameof(Default.Epochs), Epochs }, { nameof(Default.Steps), Steps }, { nameof(Default.BatchSize), Batch },
        { nameof(Default.LearningRate), LearningRate }, { nameof(Default.WarmupSteps), Warmup }, { nameof(Default.Decay), Decay },
        { nameof(Default.GradientClipNorm), Clip }, { nameof(Default.EmaDecay), Ema },
        { nameof(Default.CropSize), Crop },
    }.And(AutoencoderObjectiveOptions.Terms).And(AdversarialOptions.Terms).And(State.Terms).And(Loop.Terms).And(Watch.Terms).And(Data.Terms);

    public static Command Create()
    {
        var command = new ToolCommand("autoencoder", "Trains a KL autoencoder and writes it as a diffusers folder.")
        {
            Examples =
            [
                "ldmml train autoencoder --images photos --out models/first --epochs 20 --warmup 100 --decay cosine",
                "ldmml train autoencoder --images photos --validation others --size 128 --multipliers 1 1 2 --out models/first",
                "ldmml train autoencoder --images photos --from models/first --perceptual emoji --out models/second",
            ],
        };
        command.With("Images", [Images, Validation, Flips, Crop, .. Reading.All, .. Data.Images]).With("Network", [From, .. AutoencoderNetworkOptions.All])
            .With("Training", [Epochs, Steps, Batch, LearningRate, Warmup, Decay, Clip, Ema, ValidationInterval, .. Loop.All, Seed]).With("Objective", AutoencoderObjectiveOptions.All)
            .With("Discriminator", AdversarialOptions.All).With("Computing", Compute.InFloat32).With("Output", [Out, .. State.All, .. Watch.All, .. Output.All]);
        command.SetHandler((parsed, cancellation) => TrainingTogether.Run(() => Run(parsed, cancellation)));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var target = parsed.GetRequiredValue(Out);
        var files = LabelledFiles.Without(Reading.Open(parsed, Images, cancellation));
        var held = parsed.GetValue(Validation) is { } others ? LabelledFiles.Without(Reading.Open(parsed, "--validation", others, cancellation)) : null;
        OutputFolder.CheckApart(target, parsed.GetRequiredValue(Images));
        LoopOptions.CheckLength(parsed, Epochs, Steps);
        State.CheckFree(parsed, target, Output.Overwrites(parsed), "a model", ModelFolder.Contents);
        var (model, size) = Open(parsed);
        using var opened = model;
        var seen = parsed.GetValue(Crop) ?? size;
        if (seen == size && size % model.Config.DownsampleFactor != 0)
            throw new ArgumentException($"--size is {size}; with this network it must be a multiple of {model.Config.DownsampleFactor}.");
        using var perceptual = AutoencoderObjectiveOptions.LoadPerceptual(parsed, seen)?.To(model.Device, ModelPrecision.Float32);
        var options = State.Add(parsed, target, AutoencoderObjectiveOptions.Add(parsed, perceptual, OptionsOf(parsed)) with
        {
            Adversarial = AdversarialOptions.Read(parsed, seen), Convolutions = Compute.Convolutions(parsed),
        });
        options = Data.Add(parsed, Watch.Add(parsed, options, files.Paths.Count));
        var trainer = Terms.Run(() => new AutoencoderTrainer(model, options));
        OutputFolder.Check("--out", target);
        Output.Check(parsed, continues: State.Resumes(parsed));
        Watch.Check(parsed, Output, continues: State.Resumes(parsed));

        var reader = new SizedImages { Width = size, Height = size, MaximumPixels = Reading.MaximumPixels(parsed) };
        var memory = Data.Memory(parsed);
        var images = TrainingFiles.Open("", files, reader, channels: 3, memory, cancellation);
        var validation = held is null ? null : TrainingFiles.Open("validation ", held, reader, channels: 3, memory, cancellation);
        Terminal.Message(
            $"{model.ParameterCount:N0} parameters, {Counted.Of(images.Count, "image")}, {Counted.Of(validation?.Count ?? 0, "validation image")}");
        if (AutoencoderObjectiveOptions.Describe(parsed, options) is { } term)
            Terminal.Message(term);
        State.Begin(parsed, target);
        using var result = Train(parsed, trainer, images, validation, cancellation);
        return Finish(parsed, result, target);
    }

    private static (AutoencoderModel Model, int Size) Open(ParseResult parsed)
    {
        var device = Compute.Device(parsed);
        var (model, size) = AutoencoderNetworkOptions.Open(parsed, parsed.GetValue(From), parsed.GetValue(Seed));
        using (model)
            return (model.To(device, ModelPrecision.Float32), size);
    }

    private static TrainingResult<AutoencoderModel> Train(
        ParseResult parsed, AutoencoderTrainer trainer, IImageSet images, IImageSet? validation, CancellationToken cancellation)
    {
        TrainingObservers? observers = null;
        try
        {
            return Watch.Run(parsed, Settings(parsed, images.Count, validation?.Count), watching => TrainingFiles.WhileReading(
                State.Keeps(parsed), () => Terms.Run(() => trainer.Train(images, validation, observers = watching, cancellation))));
        }
        catch (TrainingDivergedException failure)
        {
            Output.Write(parsed, TrainingSummary.Of(failure, observers?.Last));
            throw new InvalidOperationException($"{failure.Message} No model is saved.", failure);
        }
    }

    private static IEnumerable<(string Name, string Value)> Settings(ParseResult parsed, int images, int? validation) =>
    [
        ("images", $"{Counted.Of(images, "image")} of {parsed.GetRequiredValue(Images)}"),
        ("validation", validation is { } count ? $"{Counted.Of(count, "image")} of {parsed.GetValue(Validation)}" : "none"),
        ("model", parsed.GetRequiredValue(Out).FullName),
    ];

    private static AutoencoderTrainingOptions OptionsOf(ParseResult parsed) => Loop.Add(parsed, new AutoencoderTrainingOptions
    {
        Epochs = parsed.GetValue(Epochs),
        Steps = parsed.GetValue(Steps),
        BatchSize = parsed.GetValue(Batch),
        Seed = parsed.GetValue(Seed),
        LearningRate = parsed.GetValue(LearningRate),
        WarmupSteps = parsed.GetValue(Warmup),
        Decay = parsed.GetValue(Decay),
        GradientClipNorm = parsed.GetValue(Clip),
        EmaDecay = parsed.GetValue(Ema) is not 0 and var ema ? ema : null,
        ValidationInterval = parsed.GetValue(ValidationInterval),
        HorizontalFlips = parsed.GetValue(Flips),
        CropSize = parsed.GetValue(Crop),
    });

    private static int Finish(ParseResult parsed, TrainingResult<AutoencoderModel> result, DirectoryInfo folder)
    {
        if (result.Steps == 0)
        {
            Terminal.Error("Interrupted before the first step; nothing was written.");
            return ExitCode.Interrupted;
        }
        if (!Terminal.IsQuiet)
            result.Model.Save(folder.FullName);
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
}
