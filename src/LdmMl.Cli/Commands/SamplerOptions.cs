using System.CommandLine;
using LdmMl.Cli.Arguments;
using LdmMl.Torch.Diffusion;

namespace LdmMl.Cli.Commands;

/// <summary>The options that say how a diffusion model is sampled; what is not given is as the model has it.</summary>
internal static class SamplerOptions
{
    private static readonly Option<SamplerKind?> Sampler = Values.OptionalChoice<SamplerKind>(
        "--sampler", "How noise becomes an image; without it the model's own. dpm++-2m and unipc need the fewest steps.");
    private static readonly Option<int?> Steps = Values.OptionalWhole("--steps", "How many steps to take; without it as many as the model says.");
    private static readonly Option<double?> Eta = Values.OptionalNumber(
        "--eta", "How much of each step's noise is fresh, 0 (none) to 1, for samplers that have a choice.");
    private static readonly Option<TimestepSpacing?> Spacing = Values.OptionalChoice<TimestepSpacing>(
        "--spacing", "Which steps of the schedule are taken; without it as is usual for the sampler.");
    private static readonly Option<SigmaCurve?> Sigmas = Values.OptionalChoice<SigmaCurve>(
        "--sigmas", "How noise levels are spread, for the samplers that move over them.");

    private static readonly OptionTerms Terms = new()
    {
        { nameof(SamplingSettings.Sampler), Sampler }, { nameof(SamplingSettings.Steps), Steps }, { nameof(SamplingSettings.Eta), Eta },
        { nameof(SamplingSettings.Spacing), Spacing }, { nameof(SamplingSettings.SigmaCurve), Sigmas },
    };

    /// <summary>Gets all of them, in the order in which help shows them.</summary>
    public static IReadOnlyList<Option> All { get; } = [Sampler, Steps, Eta, Spacing, Sigmas];

    /// <summary>Reads what was given.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="usual">How the model is sampled unless something else is said. Its finer points are those of its own sampler.</param>
    /// <param name="schedule">The model's schedule.</param>
    /// <param name="strength">Which share of the steps is taken.</param>
    /// <exception cref="ArgumentException">A value does not fit the sampler or the schedule.</exception>
    public static SamplingSettings Read(ParseResult parsed, SamplingSettings usual, NoiseScheduleConfig schedule, double strength)
    {
        var sampler = parsed.GetValue(Sampler) ?? usual.Sampler;
        var basis = sampler == usual.Sampler ? usual : new SamplingSettings { Sampler = sampler, Steps = usual.Steps, ClipRange = usual.ClipRange };
        var settings = basis with
        {
            Steps = parsed.GetValue(Steps) ?? basis.Steps,
            Eta = parsed.GetValue(Eta) ?? basis.Eta,
            Spacing = parsed.GetValue(Spacing) ?? basis.Spacing,
            SigmaCurve = parsed.GetValue(Sigmas) ?? basis.SigmaCurve,
        };
        Terms.Run(() =>
        {
            settings.CreateSampler();
            return settings.CreatePlan(new NoiseSchedule(schedule), strength);
        });
        return settings;
    }
}
