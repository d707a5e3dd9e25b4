using System.CommandLine;
using System.Globalization;
using LdmMl.Cli.Arguments;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;

namespace LdmMl.Cli.Commands;

/// <summary>The options for sampling a diffusion model; those that are not given keep the model's values.</summary>
internal static class SamplerOptions
{
    private static readonly Option<ISampler?> Sampler = Values.Sampler(
        "The sampler; by default the model's. dpm++-2m and unipc need the fewest steps.");
    private static readonly Option<string[]> Details = new("--sampler-option")
    {
        Description = "An option of the sampler, such as order=3, method=heun or churn.amount=10, or a detail of sampling, such as end=clean, "
            + "grid=sigmas, steps-offset=1 or clip-range=none; may be given several times.",
        HelpName = "NAME=VALUE",
        DefaultValueFactory = _ => [],
    };
    private static readonly Option<int?> Steps = Values.OptionalWhole("--steps", "The number of sampling steps; by default the model's.");
    private static readonly Option<double?> Eta = Values.OptionalNumber(
        "--eta", "The fresh share of each step's noise, 0 (none) to 1, for samplers with this option.");
    private static readonly Option<TimestepSpacing?> Spacing = Values.OptionalChoice<TimestepSpacing>(
        "--spacing", "Which timesteps of the schedule are used; by default those of the sampler.");
    private static readonly Option<SigmaCurve?> Sigmas = Values.OptionalChoice<SigmaCurve>(
        "--sigmas", "How noise levels are spaced, for samplers over sigmas.");

    private static readonly OptionTerms Terms = new()
    {
        { nameof(SamplingSettings.Sampler), Sampler }, { nameof(SamplingSettings.Steps), Steps }, { nameof(Eta), Eta },
        { nameof(SamplingSettings.Spacing), Spacing }, { nameof(SamplingSettings.SigmaCurve), Sigmas },
    };

    /// <summary>Gets all of them, in the order in which help shows them.</summary>
    public static IReadOnlyList<Option> All { get; } = [Sampler, Steps, Eta, Details, Spacing, Sigmas];

    /// <summary>Reads the options that were given.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="usual">How the model is sampled unless something else is said. Its details belong to its own sampler.</param>
    /// <param name="schedule">The model's schedule.</param>
    /// <param name="strength">Which share of the steps is taken.</param>
    /// <exception cref="ArgumentException">A value does not fit the sampler or the schedule.</exception>
    public static SamplingSettings Read(ParseResult parsed, SamplingSettings usual, NoiseScheduleConfig schedule, double strength) => Terms.Run(() =>
    {
        var basis = parsed.GetValue(Sampler) is { } sampler && !sampler.Equals(usual.Sampler)
            ? new SamplingSettings { Sampler = sampler, Steps = usual.Steps, ClipRange = usual.ClipRange }
            : usual;
        var settings = WithDetails(parsed, basis with
        {
            Steps = parsed.GetValue(Steps) ?? basis.Steps,
            Spacing = parsed.GetValue(Spacing) ?? basis.Spacing,
            SigmaCurve = parsed.GetValue(Sigmas) ?? basis.SigmaCurve,
        });
        settings.CreatePlan(new NoiseSchedule(schedule), strength);
        return settings;
    });

    private static SamplingSettings WithDetails(ParseResult parsed, SamplingSettings settings)
    {
        foreach (var detail in parsed.GetRequiredValue(Details))
        {
            if (detail.Split('=', 2) is not [var name, var value])
                throw new ArgumentException($"--sampler-option is '{detail}'; write NAME=VALUE, such as order=3.");
            settings = With(settings, name, value, detail);
        }

        return parsed.GetValue(Eta) is not { } eta ? settings : settings with
        {
            Sampler = SamplerRegistry.With(settings.Sampler, nameof(Eta), eta.ToString(CultureInfo.InvariantCulture)),
        };
    }

    private static SamplingSettings With(SamplingSettings settings, string name, string value, string detail)
    {
        try
        {
            return SamplerRegistry.With(settings, name, value);
        }
        catch (OptionException error)
        {
            throw new ArgumentException($"--sampler-option is '{detail}'; for {Choices.NameOf(settings.Sampler)} {Terms.Requirement(error)}.", error);
        }
    }
}
