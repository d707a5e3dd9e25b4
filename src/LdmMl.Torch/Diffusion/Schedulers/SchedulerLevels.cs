using System.Text.Json.Nodes;

namespace LdmMl.Torch.Diffusion.Schedulers;

/// <summary>The keys that many scheduler classes share: spacing, sigmas, and limits of x_0.</summary>
internal static class SchedulerLevels
{
    public const string Linspace = "linspace";
    public const string Leading = "leading";
    public const string Exponential = "use_exponential_sigmas";

    private const string Karras = "use_karras_sigmas";
    private const string Beta = "use_beta_sigmas";
    private const string SmallestSigma = "sigma_min";
    private const string LargestSigma = "sigma_max";

    public static TimestepSpacing ReadSpacing(SchedulerKeys keys, string missing) => keys.Choice(
        "timestep_spacing", missing,
        (Leading, TimestepSpacing.Leading), ("trailing", TimestepSpacing.Trailing), (Linspace, TimestepSpacing.Linspace));

    public static SigmaCurve ReadCurve(SchedulerKeys keys)
    {
        var (karras, exponential) = (keys.Flag(Karras, missing: false), keys.Flag(Exponential, missing: false));
        var beta = keys.Flag(Beta, missing: false);
        if ((karras && exponential) || (beta && (karras || exponential)))
            throw keys.NotSupported(beta ? Beta : Exponential, "two curves at once are not supported");
        return karras ? SigmaCurve.Karras : exponential ? SigmaCurve.Exponential : beta ? SigmaCurve.Beta : SigmaCurve.Schedule;
    }

    /// <summary>Reads the settings of classes over sigmas.</summary>
    public static SamplingSettings ReadOverSigmas(SchedulerKeys keys, ISampler sampler) => new()
    {
        Sampler = sampler,
        Spacing = ReadSpacing(keys, Linspace),
        SigmaCurve = ReadCurve(keys),
        Details = new SchedulerDetails { TimestepOffset = keys.Whole("steps_offset") ?? 0, Interpolation = SigmaInterpolation.Linear },
    };

    /// <summary>Reads the settings of classes that step down by a whole stride.</summary>
    public static SamplingSettings ReadOverStrides(SchedulerKeys keys, ISampler sampler, bool clean) => new()
    {
        Sampler = sampler,
        Spacing = ReadSpacing(keys, Leading),
        Details = new SchedulerDetails
        {
            Target = StepTarget.Stride,
            TimestepOffset = keys.Whole("steps_offset") ?? 0,
            End = clean ? SamplingEnd.Clean : SamplingEnd.FirstStep,
        },
    };

    /// <summary>Reads the ends of a curve, which mean nothing without one.</summary>
    public static SamplingSettings ReadCurveEnds(SchedulerKeys keys, SamplingSettings settings)
    {
        var (smallest, largest) = (keys.Number(SmallestSigma), keys.Number(LargestSigma));
        return settings.SigmaCurve is SigmaCurve.Schedule or SigmaCurve.LogLinear
            ? settings : settings with { Details = settings.Details with { SmallestSigma = smallest, LargestSigma = largest } };
    }

    // Thresholding comes before clipping.
    public static SamplingSettings ReadClip(SchedulerKeys keys, SamplingSettings settings, bool missing)
    {
        var (clips, range) = (keys.Flag("clip_sample", missing), keys.Number("clip_sample_range") ?? 1);
        return clips && settings.DynamicThresholdRatio is null ? settings with { ClipRange = range } : settings;
    }

    public static SamplingSettings ReadThreshold(SchedulerKeys keys, SamplingSettings settings)
    {
        var (ratio, maximum) = (keys.Number("dynamic_thresholding_ratio") ?? 0.995, keys.Number("sample_max_value") ?? 1);
        return keys.Flag("thresholding", missing: false)
            ? settings with { DynamicThresholdRatio = ratio, DynamicThresholdMaximum = maximum } : settings;
    }

    // Uniform spacing is leading with an offset of one where S divides T.
    public static void WriteSpacing(SamplingSettings settings, JsonObject json)
    {
        var (name, offset) = (settings.Spacing ?? settings.Sampler.Needs.Spacing) switch
        {
            TimestepSpacing.Trailing => ("trailing", settings.Details.TimestepOffset),
            TimestepSpacing.Linspace => (Linspace, settings.Details.TimestepOffset),
            TimestepSpacing.Leading => (Leading, settings.Details.TimestepOffset),
            _ => (Leading, 1),
        };
        (json["timestep_spacing"], json["steps_offset"]) = (name, offset);
    }

    public static void WriteCurve(SamplingSettings settings, JsonObject json)
    {
        json[Karras] = settings.SigmaCurve == SigmaCurve.Karras;
        if (settings.SigmaCurve == SigmaCurve.Exponential)
            json[Exponential] = true;
        if (settings.SigmaCurve == SigmaCurve.Beta)
            json[Beta] = true;
    }

    public static void WriteCurveEnds(SamplingSettings settings, JsonObject json)
    {
        if (settings.Details.SmallestSigma is { } smallest)
            json[SmallestSigma] = smallest;
        if (settings.Details.LargestSigma is { } largest)
            json[LargestSigma] = largest;
    }

    public static void WriteClip(SamplingSettings settings, JsonObject json) =>
        (json["clip_sample"], json["clip_sample_range"]) = (settings.ClipRange is not null, settings.ClipRange ?? 1);

    public static void WriteThreshold(SamplingSettings settings, JsonObject json)
    {
        json["thresholding"] = settings.DynamicThresholdRatio is not null;
        json["dynamic_thresholding_ratio"] = settings.DynamicThresholdRatio ?? 0.995;
        json["sample_max_value"] = settings.DynamicThresholdMaximum;
    }

    public static bool EndsClean(SamplingSettings settings) => (settings.Details.End ?? settings.Sampler.Needs.End) == SamplingEnd.Clean;
}
