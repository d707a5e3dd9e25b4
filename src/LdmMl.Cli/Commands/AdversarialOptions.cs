using System.CommandLine;
using LdmMl.Cli.Arguments;
using LdmMl.Torch.Losses;
using LdmMl.Torch.Models.Discriminators;
using LdmMl.Torch.Training;

namespace LdmMl.Cli.Commands;

/// <summary>The options of a discriminator that is trained together with an autoencoder.</summary>
internal static class AdversarialOptions
{
    private const string Prefix = nameof(AutoencoderTrainingOptions.Adversarial);

    private static readonly AdversarialTrainingOptions Default = new();
    private static readonly Option<double?> Weight = Values.OptionalNumber(
        "--adversarial-weight",
        "Train a discriminator together with the autoencoder, and weight its gradient by this share of the other image terms'; 0.5 as published. "
        + "Without it there is none.");
    private static readonly Option<int?> Start = Values.OptionalWhole(
        "--adversarial-start", "The number of steps before the discriminator starts; by default a third of the steps.", least: 0);
    private static readonly Option<int> Ramp = Values.Whole(
        "--adversarial-ramp", "The number of steps over which its influence grows to full strength.", Default.RampSteps, least: 0);
    private static readonly Option<double?> CollapseLimit = Values.OptionalNumber(
        "--collapse-limit",
        "Roll back to the last good state, with the discriminator at half its weight, if the reconstruction error grows to this multiple of its smallest value; "
        + "without it a collapse is only reported.");
    private static readonly Option<int> Channels = Values.Whole(
        "--discriminator-channels", "The width of the discriminator's first layer.", Default.Channels);
    private static readonly Option<int> Layers = Values.Whole(
        "--discriminator-layers", "The number of layers that halve the image: 2 give patches of 34 pixels, 3 of 70.", Default.Layers, least: 1,
        most: 8);
    private static readonly Option<DiscriminatorNormalization> Norm = Values.Choice(
        "--discriminator-norm", "How its middle layers are normalised.", Default.Normalization);
    private static readonly Option<AdversarialLoss> Loss = Values.Choice("--discriminator-loss", "What it is trained to do.", Default.Loss);
    private static readonly Option<double> LearningRate = Values.Number(
        "--discriminator-learning-rate", "Its largest learning rate.", Default.LearningRate!.Value);

    /// <summary>Gets all of them, in the order in which help shows them.</summary>
    public static IReadOnlyList<Option> All { get; } = [Weight, Start, Ramp, CollapseLimit, Channels, Layers, Norm, Loss, LearningRate];

    /// <summary>Gets what the library calls the options.</summary>
    public static OptionTerms Terms { get; } = new()
    {
        { $"{Prefix}.{nameof(Default.Weight)}", Weight },
        { $"{Prefix}.{nameof(Default.StartStep)}", Start }, { $"{Prefix}.{nameof(Default.RampSteps)}", Ramp },
        { $"{Prefix}.{nameof(Default.CollapseLimit)}", CollapseLimit }, { $"{Prefix}.{nameof(Default.Channels)}", Channels },
        { $"{Prefix}.{nameof(Default.Layers)}", Layers },
        { $"{Prefix}.{nameof(Default.Normalization)}", Norm }, { $"{Prefix}.{nameof(Default.Loss)}", Loss },
        { $"{Prefix}.{nameof(Default.LearningRate)}", LearningRate },
    };

    /// <summary>Reads the options that were given; null if no discriminator is wanted.</summary>
    /// <exception cref="ArgumentException">
    /// An option of the discriminator is given, but it has no weight; or images of the size leave it no logit.
    /// </exception>
    public static AdversarialTrainingOptions? Read(ParseResult parsed, int size)
    {
        if (parsed.GetValue(Weight) is not { } weight)
        {
            var given = All.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false });
            return given is null ? null : throw new ArgumentException(
                $"{given.Name} needs a discriminator; give --adversarial-weight as well.");
        }

        var options = new AdversarialTrainingOptions
        {
            Weight = weight, StartStep = parsed.GetValue(Start), RampSteps = parsed.GetValue(Ramp),
            CollapseLimit = parsed.GetValue(CollapseLimit), Channels = parsed.GetValue(Channels), Layers = parsed.GetValue(Layers),
            Normalization = parsed.GetValue(Norm), Loss = parsed.GetValue(Loss), LearningRate = parsed.GetValue(LearningRate),
        };
        var smallest = new NLayerDiscriminatorConfig { Layers = Math.Clamp(options.Layers, 1, 8) }.MinimumSize;
        return size >= smallest ? options : throw new ArgumentException(
            $"--size is {size}; a discriminator with --discriminator-layers {options.Layers} needs at least {smallest}.");
    }
}
