using System.CommandLine;
using LdmMl.Cli.Arguments;
using LdmMl.Torch.Losses;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Training;

namespace LdmMl.Cli.Commands;

/// <summary>The options for the objective of an autoencoder, except the discriminator's.</summary>
internal static class AutoencoderObjectiveOptions
{
    // An uncalibrated distance has the scale of its network. LPIPS is usually weighted by 1; this weight was found for the trunk of the examples.
    private const double UncalibratedWeight = 0.03;

    private static readonly AutoencoderTrainingOptions Default = new();
    private static readonly Option<ReconstructionError> Error = Values.Choice(
        "--error", "The error of a pixel: absolute is L1, squared is L2.", Default.ReconstructionError);
    private static readonly Option<double> KlWeight = Values.Number("--kl-weight", "The weight of the KL divergence.", Default.KullbackLeiblerWeight);
    private static readonly Option<double> LogVariance = Values.Number(
        "--log-variance", "The logarithm of the assumed variance of pixels.", Default.LogVariance);
    private static readonly Option<bool> LearnedLogVariance = new("--learned-log-variance")
    {
        Description = "Learn that variance together with the weights, starting at --log-variance.",
    };
    private static readonly Option<string?> Lpips = PerceptualOptions.Lpips();
    private static readonly Option<string?> Perceptual = PerceptualOptions.Perceptual();
    private static readonly Option<double?> PerceptualWeight = Values.OptionalNumber(
        "--perceptual-weight",
        $"The weight of the perceptual distance relative to a pixel's error; by default {Default.PerceptualWeight} for --lpips "
        + $"and {UncalibratedWeight} for --perceptual, which suits examples/models/emoji-vgg.safetensors.");

    private static readonly Option<double?> Equivariance = Values.OptionalNumber(
        "--equivariance",
        "The share of steps in which latents are turned and shrunk before they are decoded (EQ-VAE), so that they follow what happens to an image; 0.5 as "
        + "published. Without it there are none.");

    /// <summary>Gets all of them, in the order in which help shows them.</summary>
    public static IReadOnlyList<Option> All { get; } =
        [Error, KlWeight, LogVariance, LearnedLogVariance, Lpips, Perceptual, PerceptualWeight, Equivariance];

    /// <summary>Gets what the library calls the options.</summary>
    public static OptionTerms Terms { get; } = new()
    {
        { nameof(Default.ReconstructionError), Error }, { nameof(Default.KullbackLeiblerWeight), KlWeight },
        { nameof(Default.LogVariance), LogVariance }, { nameof(Default.PerceptualWeight), PerceptualWeight },
        { $"{nameof(Default.Equivariance)}.{nameof(EquivarianceTrainingOptions.Probability)}", Equivariance },
    };

    /// <summary>Opens the network of the perceptual term; null if none is wanted.</summary>
    /// <exception cref="ArgumentException">There is a weight without a term, or images of the size are too small for it.</exception>
    public static PerceptualModel? LoadPerceptual(ParseResult parsed, int size)
    {
        var model = PerceptualOptions.Load(parsed.GetValue(Lpips), parsed.GetValue(Perceptual));
        if (model is null && parsed.GetValue(PerceptualWeight) is not null)
            throw new ArgumentException("--perceptual-weight needs a perceptual term; give --lpips or --perceptual as well.");
        if (model is null || size >= model.MinimumSize)
            return model;
        using (model)
            throw new ArgumentException($"--size is {size}; {model.Name} needs at least {model.MinimumSize}.");
    }

    /// <summary>Sets what was given, and the perceptual term.</summary>
    public static AutoencoderTrainingOptions Add(ParseResult parsed, PerceptualModel? perceptual, AutoencoderTrainingOptions options) => options with
    {
        ReconstructionError = parsed.GetValue(Error),
        KullbackLeiblerWeight = parsed.GetValue(KlWeight),
        LogVariance = parsed.GetValue(LogVariance),
        LearnLogVariance = parsed.GetValue(LearnedLogVariance),
        PerceptualModel = perceptual,
        PerceptualWeight = parsed.GetValue(PerceptualWeight)
            ?? (perceptual is { IsCalibrated: false } ? UncalibratedWeight : Default.PerceptualWeight),
        Equivariance = parsed.GetValue(Equivariance) is { } share ? new EquivarianceTrainingOptions { Probability = share } : null,
    };

    /// <summary>Says what the perceptual term is, and where its weight comes from if nobody chose it; null if there is no term.</summary>
    public static string? Describe(ParseResult parsed, AutoencoderTrainingOptions options)
    {
        if (options.PerceptualModel is not { } model)
            return null;
        var chosen = parsed.GetValue(PerceptualWeight) is not null || model.IsCalibrated
            ? ""
            : ", as found for examples/models/emoji-vgg.safetensors; another network's distance has another scale, so choose a --perceptual-weight "
                + "with which this term stays smaller than the reconstruction's";
        return $"perceptual term: {model.Name}, weight {options.PerceptualWeight}{chosen}";
    }
}
