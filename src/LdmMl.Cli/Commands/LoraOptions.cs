using System.CommandLine;
using LdmMl.Cli.Arguments;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models;
using LdmMl.Torch.Training;
using static TorchSharp.torch;

namespace LdmMl.Cli.Commands;

/// <summary>The options of a training that starts from a trained model: with its weights, or as a LoRA beside them.</summary>
internal static class LoraOptions
{
    private static readonly LoraTrainingOptions Default = new();
    private static readonly Option<int?> Rank = Values.OptionalWhole(
        "--lora-rank",
        $"Train a LoRA of this rank ({Default.Rank} is usual) for the attention of --initial-model, and write only its small file, which "
        + "'generate --lora' and diffusers read.");
    private static readonly Option<double?> Alpha = Values.OptionalNumber(
        "--lora-alpha", "The number that is divided by the rank to scale the change; by default the rank, which every program assumes.");

    /// <summary>Gets the option that names the model to start from.</summary>
    public static Option<string?> Initial { get; } = new("--initial-model")
    {
        Description = "A trained model to start from: every weight of its U-Net that fits is copied; with --lora-rank, the model that the LoRA is for.",
        HelpName = "MODEL",
    };

    /// <summary>Gets the options of the LoRA.</summary>
    public static IReadOnlyList<Option> Own { get; } = [Rank, Alpha];

    /// <summary>Gets what the library calls the options.</summary>
    public static OptionTerms Terms { get; } = new()
    {
        { nameof(DiffusionTrainingOptions.Lora), Rank }, { nameof(LoraTrainingOptions.Rank), Rank }, { nameof(LoraTrainingOptions.Alpha), Alpha },
        { nameof(DiffusionTrainingOptions.InitialModel), Initial },
    };

    /// <summary>Gets whether a LoRA is trained.</summary>
    public static bool IsWanted(ParseResult parsed) => parsed.GetValue(Rank) is not null;

    /// <summary>Refuses options that would be ignored.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="decided">The options that shape a new model.</param>
    /// <exception cref="ArgumentException">One is given; the message says why it cannot be used.</exception>
    public static void Check(ParseResult parsed, IEnumerable<Option> decided)
    {
        if (!IsWanted(parsed))
        {
            if (parsed.GetValue(Alpha) is not null)
                throw new ArgumentException($"{Alpha.Name} is about a LoRA; give {Rank.Name} as well.");
            return;
        }

        if (parsed.GetValue(Initial) is null)
            throw new ArgumentException($"{Rank.Name} trains a LoRA for a trained model; name the model with {Initial.Name}.");
        if (decided.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } vain)
            throw new ArgumentException($"{vain.Name} is about a new model, but {Rank.Name} trains a LoRA for {Initial.Name}, which has its own; leave it out.");
    }

    /// <summary>Opens the model to start from; null if none is named. The caller disposes it.</summary>
    public static LatentDiffusionModel? Open(ParseResult parsed, Device device)
    {
        if (parsed.GetValue(Initial) is not { } path)
            return null;
        using var model = LatentDiffusionModel.Load(path);
        return model.To(device, ModelPrecision.Float32);
    }

    /// <summary>Adds the model, and the LoRA if one is trained; everything that the model has decided is then left to it.</summary>
    public static DiffusionTrainingOptions Add(ParseResult parsed, DiffusionTrainingOptions options, LatentDiffusionModel? initial)
    {
        if (parsed.GetValue(Rank) is not { } rank)
            return options with { InitialModel = initial };
        var usual = new DiffusionTrainingOptions();
        return options with
        {
            InitialModel = initial, Lora = new LoraTrainingOptions { Rank = rank, Alpha = parsed.GetValue(Alpha) }, UNet = null,
            TextEncoder = usual.TextEncoder, Sampling = usual.Sampling, Schedule = usual.Schedule, LabelInput = usual.LabelInput,
            Loss = options.Loss with { Prediction = usual.Loss.Prediction },
        };
    }
}
