using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion.Schedulers;
using LdmMl.Torch.Diffusion.Storage;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>
/// The list of this library's samplers: their names, in the spellings in common use (<c>ddim</c>, <c>euler-ancestral</c>,
/// <c>dpm++-2m</c>, <c>dpmpp_2m_sde</c>, <c>unipc</c>), their default options, and the scheduler class of diffusers as which each is written.
/// </summary>
/// <example>
/// <code>
/// var sampler = SamplerRegistry.Create("dpm++-2m");
/// sampler = SamplerRegistry.With(sampler, "order", "1");
/// Console.WriteLine(string.Join(", ", SamplerRegistry.OptionsOf(sampler)));   // Eta, Order, LowerOrderAtEnd, Method
/// </code>
/// </example>
public static class SamplerRegistry
{
    private static readonly PndmScheduler Pndm = new();
    private static readonly DpmMultistepScheduler Multistep = new();
    private static readonly DpmSinglestepScheduler Singlestep = new();

    private static readonly SamplerEntry[] Entries =
    [
        new(new DdpmSampler(), new DdpmScheduler(), "ancestral"),
        new(new DdimSampler(), new DdimScheduler()),
        new(new PlmsSampler(), Pndm),
        new(new PndmSampler(), Pndm),
        new(new EulerSampler(), new EulerScheduler()),
        new(new EulerAncestralSampler(), new EulerAncestralScheduler(), "euler-a"),
        new(new HeunSampler(), new HeunScheduler()),
        new(new Dpm2Sampler(), new Dpm2Scheduler(), "dpm-2", "kdpm2"),
        new(new Dpm2AncestralSampler(), new Dpm2AncestralScheduler(), "dpm-2-a", "dpm-2-ancestral", "kdpm2-ancestral"),
        new(new LmsSampler(), new LmsScheduler()),
        new(new DpmSolverSampler(), Multistep, "dpm-solver"),
        new(new DpmSolverPlusPlus2MSampler(), Multistep, "dpm++-2m", "dpm-solver++", "dpm-solver++-2m"),
        new(new DpmSolverPlusPlus2MSampler { Eta = 1 }, Multistep, "DpmSolverPlusPlus2MSde", "dpm++-2m-sde") { IsVariant = true },
        new(new DpmSolverSinglestepSampler(), Singlestep, "dpm-single-step", "dpm++-2s"),
        new(new DpmSolverPlusPlus2SAncestralSampler(), Singlestep, "dpm++-2s-a", "dpm++-2s-ancestral"),
        new(new DpmSolverPlusPlusSdeSampler(), Singlestep, "dpm++-sde"),
        new(new DpmSolverPlusPlus3MSampler(), Multistep, "DpmSolverPlusPlus3MSde", "dpm++-3m", "dpm++-3m-sde"),
        new(new DpmFastSampler(), Singlestep),
        new(new DpmAdaptiveSampler(), Singlestep),
        new(new DeisSampler(), new DeisScheduler()),
        new(new LcmSampler(), new LcmScheduler()),
        new(new UniPcSampler(), new UniPcScheduler(), "unipc"),
    ];

    /// <summary>Gets the names, one for each sampler.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Entries.Where(entry => !entry.IsVariant).Select(entry => entry.Name)];

    /// <summary>Gets the supported classes of diffusers.</summary>
    internal static IReadOnlyList<SchedulerFormat> Formats { get; } = [.. Entries.Select(entry => entry.Format).Distinct()];

    /// <summary>Creates a sampler with its default options.</summary>
    /// <param name="name">Its name, in any case, with or without hyphens.</param>
    /// <returns>The sampler.</returns>
    /// <exception cref="OptionException">There is no such sampler; the message lists all samplers.</exception>
    public static ISampler Create(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Array.Find(Entries, entry => entry.IsCalled(name))?.Usual
            ?? throw Check.Refuse(nameof(SamplingSettings.Sampler), name, $"it must be one of {string.Join(", ", Names)}");
    }

    /// <summary>Gets a sampler's name.</summary>
    /// <param name="sampler">The sampler.</param>
    /// <returns>The name: one of <see cref="Names"/>, or that of its type if it is a custom one.</returns>
    public static string NameOf(ISampler sampler)
    {
        ArgumentNullException.ThrowIfNull(sampler);
        return Find(sampler)?.Name ?? sampler.GetType().Name;
    }

    /// <summary>Lists the options that a sampler has.</summary>
    /// <param name="sampler">The sampler.</param>
    /// <returns>Their names; those of a nested record with its name as prefix, such as <c>Churn.Amount</c>.</returns>
    public static IReadOnlyList<string> OptionsOf(ISampler sampler)
    {
        ArgumentNullException.ThrowIfNull(sampler);
        return [.. RecordOption.Of(sampler.GetType()).Select(option => option.Name)];
    }

    /// <summary>Sets one option of a sampler by its name.</summary>
    /// <param name="sampler">The sampler: a record.</param>
    /// <param name="option">The option's name, in any case, or one in use elsewhere, such as <c>s_noise</c>.</param>
    /// <param name="value">Its value as text: numbers with a point, enums by name, lists with commas.</param>
    /// <returns>A copy of the sampler with that option.</returns>
    /// <exception cref="OptionException">The sampler has no such option, or the value is invalid; the message lists what is possible.</exception>
    public static ISampler With(ISampler sampler, string option, string value)
    {
        ArgumentNullException.ThrowIfNull(sampler);
        ArgumentNullException.ThrowIfNull(option);
        ArgumentNullException.ThrowIfNull(value);
        var options = RecordOption.Of(sampler.GetType());
        var found = options.FirstOrDefault(candidate => candidate.IsCalled(option));
        if (found is null)
        {
            throw Check.Refuse(
                nameof(SamplingSettings.Sampler), Wording.Choice(NameOf(sampler)),
                options.Count == 0 ? $"it has no options, and so no {option}" : $"it has no {option}; it has {string.Join(", ", OptionsOf(sampler))}");
        }

        var changed = found.With(sampler, value);
        changed.Validate();
        return changed;
    }

    /// <summary>Lists what can be set by name: the sampler's options, the limits and the details.</summary>
    /// <param name="settings">The sampling settings.</param>
    /// <returns>The sampler's options, then those of the settings, such as <c>ClipRange</c> and <c>Details.End</c>.</returns>
    public static IReadOnlyList<string> OptionsOf(SamplingSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return [.. OptionsOf(settings.Sampler), .. SettingOptions.Select(option => option.Name)];
    }

    /// <summary>Sets an option of the sampler, a limit or a detail by name.</summary>
    /// <param name="settings">The sampling settings.</param>
    /// <param name="option">The name, in any case, with or without <c>Details.</c>, or a name used elsewhere, such as <c>steps_offset</c>.</param>
    /// <param name="value">Its value as text: numbers with a point, enums by name, lists with commas; <c>none</c> where null is a value.</param>
    /// <returns>A copy of the settings with that option.</returns>
    /// <exception cref="OptionException">Neither sampler nor settings have such an option, or the value does not fit; the message lists the options.</exception>
    public static SamplingSettings With(SamplingSettings settings, string option, string value)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(option);
        ArgumentNullException.ThrowIfNull(value);
        if (RecordOption.Of(settings.Sampler.GetType()).Any(candidate => candidate.IsCalled(option)))
            return settings with { Sampler = With(settings.Sampler, option, value) };
        var found = SettingOptions.FirstOrDefault(candidate => candidate.IsCalled(option)) ?? throw new OptionException(
            nameof(SamplingSettings.Sampler), NameOf(settings.Sampler), $"there is no {option}; the options are {string.Join(", ", OptionsOf(settings))}");
        var changed = found.With(settings, value);
        changed.Details.Validate();
        return changed;
    }

    // Those that are arguments of their own everywhere are not listed.
    private static IEnumerable<RecordOption> SettingOptions => RecordOption.Of(typeof(SamplingSettings)).Where(option => option.Name is not
        (nameof(SamplingSettings.Sampler) or nameof(SamplingSettings.Steps) or nameof(SamplingSettings.Spacing) or nameof(SamplingSettings.SigmaCurve)));

    /// <summary>Determines whether a sampler is one of this library's.</summary>
    internal static bool IsBuiltIn(ISampler sampler) => Find(sampler) is not null;

    /// <summary>Gets the scheduler class of diffusers with a sampler's steps, or the nearest; null for a custom one.</summary>
    internal static SchedulerFormat? FormatOf(ISampler sampler) => Find(sampler)?.Format;

    private static SamplerEntry? Find(ISampler sampler) => Array.Find(Entries, entry => entry.Usual.GetType() == sampler.GetType());
}
