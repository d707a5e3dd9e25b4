using System.Text.RegularExpressions;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Training;

namespace LdmMl.Cli.Commands;

/// <summary>Turns a library's sentence about its properties into one about the tool's options.</summary>
internal static partial class OptionNames
{
    private static readonly Dictionary<string, string> Network = new()
    {
        ["BaseChannels"] = "--channels", ["ChannelMultipliers"] = "--multipliers", ["ResidualBlocks"] = "--blocks",
        ["LatentChannels"] = "--latent-channels",
        ["NormGroups"] = "--norm-groups", ["Resolution"] = "--size",
    };

    private static readonly Dictionary<string, string> Training = new()
    {
        ["Epochs"] = "--epochs", ["Steps"] = "--steps", ["BatchSize"] = "--batch", ["LearningRate"] = "--learning-rate",
        ["WarmupSteps"] = "--warmup", ["Decay"] = "--decay", ["ReconstructionError"] = "--error", ["KullbackLeiblerWeight"] = "--kl-weight",
        ["GradientClipNorm"] = "--clip", ["LogVariance"] = "--log-variance",
        ["PerceptualWeight"] = "--perceptual-weight",
    };

    private static readonly Dictionary<string, string> DiffusionNetwork = new()
    {
        ["BaseChannels"] = "--channels", ["ChannelMultipliers"] = "--multipliers", ["ResidualBlocks"] = "--blocks",
        ["AttentionFactors"] = "--attention", ["HeadChannels"] = "--head-channels", ["NormGroups"] = "--norm-groups", ["Dropout"] = "--dropout",
    };

    private static readonly Dictionary<string, string> Diffusion = new()
    {
        ["Epochs"] = "--epochs", ["Steps"] = "--steps", ["BatchSize"] = "--batch", ["LearningRate"] = "--learning-rate",
        ["WarmupSteps"] = "--warmup", ["Decay"] = "--decay", ["WeightDecay"] = "--weight-decay", ["GradientClipNorm"] = "--clip",
        ["EmaDecay"] = "--ema", ["LabelDropout"] = "--label-dropout", ["Prediction"] = "--prediction", ["MinimumSnrGamma"] = "--min-snr",
        ["LabelInput"] = "--label-input", ["SaveInterval"] = "--save-interval",
    };

    private static readonly Dictionary<string, string> Adversarial = new()
    {
        ["Weight"] = "--adversarial-weight", ["StartStep"] = "--adversarial-start", ["Channels"] = "--discriminator-channels",
        ["Layers"] = "--discriminator-layers",
        ["LearningRate"] = "--discriminator-learning-rate",
    };

    private static readonly Dictionary<string, string> Sampling = new()
    {
        ["Sampler"] = "--sampler", ["Steps"] = "--steps", ["Eta"] = "--eta", ["Spacing"] = "--spacing", ["SigmaCurve"] = "--sigmas",
        ["TimestepSpacing.Leading"] = "--spacing Leading",
    };

    /// <summary>Runs a training of a diffusion model; its complaints come out under the tool's names.</summary>
    public static T InTermsOfDiffusion<T>(Func<T> train)
    {
        try
        {
            return InTerms(train);
        }
        catch (OptionException error) when (error.Member == nameof(DiffusionTrainingOptions.StateFolder))
        {
            throw new ArgumentException($"The folder '{error.Given}' holds the state of a training. Give --resume to go on from it, or take another --out.", error);
        }
    }

    /// <summary>Runs what checks how to sample; its complaints come out under the tool's names.</summary>
    public static T InTermsOfSampling<T>(Func<T> check)
    {
        try
        {
            return check();
        }
        catch (ArgumentException error)
        {
            throw new ArgumentException(Replace(error.Message, Sampling), error);
        }
    }

    /// <summary>Runs what checks configs and options; its complaints come out under the tool's names.</summary>
    public static T InTerms<T>(Func<T> check)
    {
        try
        {
            return check();
        }
        catch (OptionException error) when (OptionOf(error.Member) is { } option)
        {
            throw new ArgumentException($"{option} is {error.Given}; {NullChoice().Replace(error.Requirement, "")}.", error);
        }
        catch (ArgumentException error) when (Prefix().Match(error.Message) is { Success: true } prefix)
        {
            var names = prefix.Groups["record"].Value switch
            {
                "AdversarialTrainingOptions" => Adversarial,
                "AutoencoderTrainingOptions" => Training,
                "DiffusionTrainingOptions" or "DiffusionLossOptions" or "LatentDiffusionConfig" => Diffusion,
                "UNetConfig" => DiffusionNetwork,
                _ => Network,
            };
            var sentence = NullChoice().Replace(error.Message[prefix.Length..], "");        // no option is null
            throw new ArgumentException(Replace(sentence, names), error);
        }
    }

    private static string? OptionOf(string member) => member.StartsWith("Adversarial.", StringComparison.Ordinal)
        ? Adversarial.GetValueOrDefault(member["Adversarial.".Length..])
        : Training.GetValueOrDefault(member) ?? Diffusion.GetValueOrDefault(member);

    private static string Replace(string sentence, Dictionary<string, string> names) =>
        Word().Replace(sentence, word => names.GetValueOrDefault(word.Value, word.Value));

    [GeneratedRegex(@"^(?<record>\w+(Config|Options)): ", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Prefix();

    [GeneratedRegex(@", or null\b[^.;]*", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NullChoice();

    [GeneratedRegex(@"\b[A-Z]\w+(\.[A-Z]\w+)?\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Word();
}
