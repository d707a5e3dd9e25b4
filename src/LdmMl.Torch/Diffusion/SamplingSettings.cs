using System.Text.Json.Serialization;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Diffusion.Storage;

namespace LdmMl.Torch.Diffusion;

/// <summary>
/// How a model is sampled: the sampler, the number of steps, the noise levels. Options that only one sampler has are properties of the sampler.
/// </summary>
/// <example>
/// <code>
/// var sampling = new SamplingSettings { Sampler = new DpmSolverPlusPlus2MSampler { Order = 2 }, Steps = 20, SigmaCurve = SigmaCurve.Karras };
/// var plan = sampling.CreatePlan(new NoiseSchedule());
/// Console.WriteLine($"{plan.Steps.Length} steps, the first at {plan.Steps[0].From.Sigma:F2}");
/// </code>
/// </example>
[JsonConverter(typeof(SamplingSettingsConverter))]
public sealed record SamplingSettings
{
    /// <summary>Gets the sampler with its options: one of this library's (listed by <see cref="SamplerRegistry"/>), or a custom one.</summary>
    /// <value>Default: <see cref="DdimSampler"/>.</value>
    public ISampler Sampler { get; init; } = new DdimSampler();

    /// <summary>Gets the number of steps S (<c>num_inference_steps</c>), 1 to the schedule's T.</summary>
    /// <value>Default: 50.</value>
    public int Steps { get; init; } = 50;

    /// <summary>
    /// Gets which forward steps are used (<c>timestep_spacing</c>); null for the sampler's default: <see cref="TimestepSpacing.Uniform"/> for DDPM,
    /// DDIM, PLMS and PNDM, as in CompVis, <see cref="TimestepSpacing.Linspace"/> for the rest. With leading and linspace spacing, DPM-Solver and
    /// UniPC over timesteps choose one timestep more and end at the last, as in diffusers.
    /// </summary>
    /// <value>Default: null.</value>
    public TimestepSpacing? Spacing { get; init; }

    /// <summary>Gets how noise levels are spread from the first to the last (<c>use_karras_sigmas</c>, <c>use_exponential_sigmas</c>).</summary>
    /// <value>Default: <see cref="SigmaCurve.Schedule"/>.</value>
    public SigmaCurve SigmaCurve { get; init; }

    /// <summary>
    /// Gets the range r to which the network's x_0 is clipped, [-r, r] (<c>clip_sample</c>, <c>clip_sample_range</c>); null for none. For models of
    /// pixels, or of latents that are known to be bounded.
    /// </summary>
    /// <value>Default: null.</value>
    [KnownAs("clip_sample_range")]
    public double? ClipRange { get; init; }

    /// <summary>
    /// Gets the share of values that dynamic thresholding does not clip (Saharia et al. 2022, section 2.3; <c>dynamic_thresholding_ratio</c>), above
    /// 0 and at most 1; null for none. Instead of <see cref="ClipRange"/>.
    /// </summary>
    /// <value>Default: null.</value>
    [KnownAs("dynamic_thresholding_ratio")]
    public double? DynamicThresholdRatio { get; init; }

    /// <summary>Gets the largest threshold of dynamic thresholding (<c>sample_max_value</c>), above 0; 1 clips to [-1, 1].</summary>
    /// <value>Default: 1.</value>
    [KnownAs("sample_max_value")]
    public double DynamicThresholdMaximum { get; init; } = 1;

    /// <summary>Gets details in which published implementations differ.</summary>
    /// <value>Default: <see cref="SchedulerDetails.Usual"/>.</value>
    public SchedulerDetails Details { get; init; } = SchedulerDetails.Usual;

    internal SamplingGrid Grid => Details.Grid ?? Sampler.Needs.Grids[0];

    /// <summary>Creates the plan.</summary>
    /// <param name="schedule">The schedule of the model.</param>
    /// <param name="strength">
    /// How much of a given image is replaced, above 0 and at most 1: only the last S strength steps are taken, rounded down, but at least one,
    /// from the image with the noise of the first of them. 1 for images from pure noise.
    /// </param>
    /// <returns>The steps to take.</returns>
    /// <exception cref="OptionException">A value is outside its range, or does not fit the sampler or the schedule.</exception>
    public SamplingPlan CreatePlan(NoiseSchedule schedule, double strength = 1)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        Check.That(strength is > 0 and <= 1, strength, "it must be above 0 and at most 1", "Strength");
        Validate();
        Check.That(Steps <= schedule.Steps, Steps, $"the model's schedule has {schedule.Steps}, so choose 1 to {schedule.Steps}");

        // 0.58 x 50 is a little less than 29 in floating point; 29 is meant.
        const double Rounding = 1e-9;
        var plan = SamplingPlanFactory.Create(this, schedule);
        var taken = Math.Max((int)((plan.Steps.Length * strength) + Rounding), 1);
        var rest = plan.From(plan.Steps.Length - taken);
        Check.That(
            rest.Steps[0].From.Alpha > 0 || !Sampler.Needs.NeedsSignal, Wording.Choice(SamplerRegistry.NameOf(Sampler)),
            $"it uses only epsilon, which says nothing about the image at the schedule's last step (zero terminal SNR); "
            + $"choose {Wording.Choice("Ddim")}, or "
            + $"{TimestepSpacing.Leading} spacing",
            nameof(Sampler));
        return rest;
    }

    /// <summary>
    /// Creates the plan of diffusers' pipelines that start with an image; from PNDM's list, which has one timestep twice, they take the end.
    /// </summary>
    internal SamplingPlan CreateImagePlan(NoiseSchedule schedule, double strength)
    {
        var plan = CreatePlan(schedule);
        if (Sampler is PlmsSampler && plan.Stride is not null)
            plan = plan.Listed();
        var left = Math.Max(Steps - (int)(Steps * strength), 0);
        return plan.From(Math.Min(left, plan.Steps.Length - 1));
    }

    /// <summary>Limits the clean latents that a denoiser estimates to the configured range.</summary>
    /// <param name="denoiser">The network.</param>
    /// <returns>The denoiser itself if no range is configured.</returns>
    public IDenoiser Limit(IDenoiser denoiser)
    {
        ArgumentNullException.ThrowIfNull(denoiser);
        return ClipRange is null && DynamicThresholdRatio is null ? denoiser : new LimitedDenoiser(denoiser, this);
    }

    /// <summary>Checks every value, and that they fit the sampler.</summary>
    internal void Validate()
    {
        Check.AtLeast(Steps, 1);
        Check.That(Sampler is not null, Sampler, "give a sampler, such as new DdimSampler()");
        Sampler!.Validate();
        CheckLevels();
        CheckLimits();
        Details.Validate();
    }

    private void CheckLevels()
    {
        Check.Defined(Spacing ?? default, nameof(Spacing));
        Check.Defined(SigmaCurve);
        var (grids, name) = (Sampler.Needs.Grids, Wording.Choice(SamplerRegistry.NameOf(Sampler)));
        Check.That(
            grids.Contains(Grid), Grid, $"{name} moves over {string.Join(" or ", grids).ToLowerInvariant()} only; leave it out");
        Check.That(
            SigmaCurve == SigmaCurve.Schedule || grids.Contains(SamplingGrid.Sigmas), SigmaCurve,
            $"{name} moves over the schedule's own levels; choose a sampler over sigmas, such as {Wording.Choice("Euler")}, or leave it out");
        Check.That(
            SigmaCurve != SigmaCurve.LogLinear || Grid == SamplingGrid.Sigmas, SigmaCurve,
            $"{name} moves over timesteps here; choose {SigmaCurve.Exponential}");
    }

    private void CheckLimits()
    {
        if (ClipRange is { } range)
            Check.Above(range, 0, nameof(ClipRange));
        Check.That(
            DynamicThresholdRatio is null or > 0 and <= 1, DynamicThresholdRatio, "it must be above 0 and at most 1");
        Check.Above(DynamicThresholdMaximum, 0);
        Check.That(
            ClipRange is null || DynamicThresholdRatio is null, DynamicThresholdRatio,
            $"{nameof(ClipRange)} is given too; x_0 is clipped or thresholded, not both");
    }
}
