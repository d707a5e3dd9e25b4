using System.CommandLine;
using System.Globalization;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;

namespace LdmMl.Cli.Commands;

/// <summary>The options that say how a diffusion model is sampled; what is not given is as the model has it.</summary>
internal static class SamplerOptions
{
    private static readonly Option<string?> Sampler = new("--sampler")
    {
        Description = "How noise becomes an image; without it the model's own. DpmSolverPlusPlus2M and UniPc need the fewest steps. "
            + $"One of {string.Join(", ", SamplerRegistry.Names)}; also as dpm++-2m, euler-ancestral, ...",
        HelpName = "SAMPLER",
    };
    private static readonly Option<int?> Steps = new("--steps") { Description = "How many steps to take; without it as many as the model says." };
    private static readonly Option<double?> Eta = new("--eta")
    {
        Description = "How much of each step's noise is fresh, 0 (none) to 1, for samplers that have a choice.",
    };
    private static readonly Option<string[]> Choices = new("--sampler-option")
    {
        Description = "An option of the sampler, such as order=3, method=Heun or churn.amount=10; may be given several times.",
        HelpName = "NAME=VALUE",
        DefaultValueFactory = _ => [],
    };
    private static readonly Option<TimestepSpacing?> Spacing = new("--spacing")
    {
        Description = "Which steps of the schedule are looked at; without it as is usual for the sampler.",
    };
    private static readonly Option<SigmaCurve?> Sigmas = new("--sigmas")
    {
        Description = "How noise levels are spread, for the samplers that move over them.",
    };

    /// <summary>Gets all of them, in the order in which help shows them.</summary>
    public static IReadOnlyList<Option> All { get; } = [Sampler, Choices, Steps, Eta, Spacing, Sigmas];

    /// <summary>Refuses what can never be, before anything is parsed.</summary>
    public static void Validate() => CommonOptions.AtLeast(Steps, 1);

    /// <summary>Reads what was given.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="usual">How the model is sampled unless something else is said. Its finer points are those of its own sampler.</param>
    /// <param name="schedule">The model's schedule.</param>
    /// <param name="strength">Which share of the steps is taken.</param>
    /// <exception cref="ArgumentException">A value does not fit the sampler or the schedule.</exception>
    public static SamplingSettings Read(ParseResult parsed, SamplingSettings usual, NoiseScheduleConfig schedule, double strength)
    {
        return OptionNames.InTermsOfSampling(() =>
        {
            var basis = parsed.GetValue(Sampler) is { } name
                ? new SamplingSettings { Sampler = SamplerRegistry.Create(name), Steps = usual.Steps, ClipRange = usual.ClipRange }
                : usual;
            if (basis.Sampler == usual.Sampler)
                basis = usual;
            var settings = basis with
            {
                Sampler = WithChoices(parsed, basis.Sampler),
                Steps = parsed.GetValue(Steps) ?? basis.Steps,
                Spacing = parsed.GetValue(Spacing) ?? basis.Spacing,
                SigmaCurve = parsed.GetValue(Sigmas) ?? basis.SigmaCurve,
            };
            settings.CreatePlan(new NoiseSchedule(schedule), strength);
            return settings;
        });
    }

    private static ISampler WithChoices(ParseResult parsed, ISampler sampler)
    {
        foreach (var choice in parsed.GetValue(Choices)!)
        {
            if (choice.Split('=', 2) is not [var name, var value])
                throw new ArgumentException($"--sampler-option is '{choice}'; write NAME=VALUE, such as order=3.");
            sampler = SamplerRegistry.With(sampler, name, value);
        }

        return parsed.GetValue(Eta) is { } eta
            ? SamplerRegistry.With(sampler, nameof(Eta), eta.ToString(CultureInfo.InvariantCulture)) : sampler;
    }
}
