using LdmMl.Torch.Diffusion.Samplers;

namespace LdmMl.Torch.Diffusion;

/// <summary>All that is chosen about sampling, in plain values: which sampler, how many steps, over which levels, with how much noise.</summary>
public sealed record SamplingSettings
{
    /// <summary>Gets the sampler.</summary>
    /// <value>Default: <see cref="SamplerKind.Ddim"/>.</value>
    public SamplerKind Sampler { get; init; } = SamplerKind.Ddim;

    /// <summary>Gets the number of steps S, 1 to the schedule's T.</summary>
    /// <value>Default: 50.</value>
    public int Steps { get; init; } = 50;

    /// <summary>
    /// Gets how much of each step's noise is fresh, for samplers that have it: 0 (none) to 1, above 1 for the SDE samplers; null for the sampler's
    /// usual: 0 for DDIM and DPM-Solver, 1 for ancestral and SDE samplers.
    /// </summary>
    /// <value>Default: null.</value>
    public double? Eta { get; init; }

    /// <summary>
    /// Gets how many past answers of the network multi-step solvers use; null for the usual: 4 for LMS, 2 for DPM-Solver, DPM-Solver++ and UniPC.
    /// </summary>
    /// <value>Default: null.</value>
    public int? Order { get; init; }

    /// <summary>
    /// Gets which forward steps are looked at; null for the sampler's usual: <see cref="TimestepSpacing.Uniform"/> for DDPM, DDIM, PLMS and PNDM, as
    /// CompVis has it, <see cref="TimestepSpacing.Linspace"/> for the rest. DPM-Solver and UniPC over timesteps choose one more with leading and
    /// linspace spacing and end at the last, as diffusers has it.
    /// </summary>
    /// <value>Default: null.</value>
    public TimestepSpacing? Spacing { get; init; }

    /// <summary>Gets how the noise levels are spread between the first and the last.</summary>
    /// <value>Default: <see cref="SigmaCurve.Schedule"/>.</value>
    public SigmaCurve SigmaCurve { get; init; }

    /// <summary>Gets how much noise Euler, Heun and DPM2 add before each step.</summary>
    /// <value>Default: <see cref="Churn.None"/>.</value>
    public Churn Churn { get; init; } = Churn.None;

    /// <summary>Gets what the fresh noise of DDPM and DDIM is multiplied by, at least 0.</summary>
    /// <value>Default: 1.</value>
    public double Temperature { get; init; } = 1;

    /// <summary>
    /// Gets the range r to which the network's x_0 is clipped, [-r, r] (<c>clip_sample_range</c>); null for none. For models of pixels, or of
    /// latents that are known to be bounded.
    /// </summary>
    /// <value>Default: null.</value>
    public double? ClipRange { get; init; }

    /// <summary>
    /// Gets the share of values that dynamic thresholding leaves alone (Saharia et al. 2022, section 2.3; <c>dynamic_thresholding_ratio</c>), above
    /// 0 and at most 1; null for none. In place of <see cref="ClipRange"/>.
    /// </summary>
    /// <value>Default: null.</value>
    public double? DynamicThresholdRatio { get; init; }

    /// <summary>Gets the largest threshold of dynamic thresholding (<c>sample_max_value</c>), at least 1; 1 clips to [-1, 1].</summary>
    /// <value>Default: 1.</value>
    public double DynamicThresholdMaximum { get; init; } = 1;

    /// <summary>Gets the finer points, in which published implementations differ.</summary>
    /// <value>Default: <see cref="SchedulerDetails.Usual"/>.</value>
    public SchedulerDetails Details { get; init; } = SchedulerDetails.Usual;

    internal SamplerTraits Traits => SamplerTraits.Of(Sampler);

    /// <summary>Gets a value indicating whether a limit of x_0 must change epsilon too, because epsilon is all the sampler uses.</summary>
    internal bool UsesEpsilonOnly => Traits.UsesEpsilonOnly || (Sampler == SamplerKind.UniPc && Details.Solved == Prediction.Epsilon);

    internal SamplingGrid Grid => Details.Grid ?? Traits.Grids[0];

    /// <summary>Makes the sampler.</summary>
    /// <returns>An immutable sampler.</returns>
    /// <exception cref="ArgumentException">A value is outside its range, or the sampler does not have what is asked of it.</exception>
    public Sampler CreateSampler()
    {
        Validate();
        var eta = Eta ?? Traits.UsualEta;
        var order = Order ?? Traits.UsualOrder;
        var method = Details.SecondOrder ?? Traits.UsualMethod;
        var lower = Details.LowerOrderAtEnd;
        return Sampler switch
        {
            SamplerKind.Ddpm => new DdpmSampler { BetaShare = Details.BetaShare, Temperature = Temperature },
            SamplerKind.Ddim => new DdimSampler { Eta = eta, Temperature = Temperature },
            SamplerKind.Plms => new PlmsSampler { Averaged = Details.Averaged },
            SamplerKind.Pndm => new PndmSampler { Averaged = Details.Averaged },
            SamplerKind.Euler => new EulerSampler { Churn = Churn },
            SamplerKind.EulerAncestral => new EulerAncestralSampler { Eta = eta },
            SamplerKind.Heun => new HeunSampler { Churn = Churn },
            SamplerKind.Dpm2 => new Dpm2Sampler { Churn = Churn },
            SamplerKind.Lms => new LmsSampler { Order = order },
            SamplerKind.DpmSolver => new DpmSolverSampler { Eta = eta, Order = order, Method = method, LowerOrderAtEnd = lower },
            SamplerKind.DpmSolverPlusPlus2M or SamplerKind.DpmSolverPlusPlus2MSde =>
                new DpmSolverPlusPlus2MSampler { Eta = eta, Order = order, Method = method, LowerOrderAtEnd = lower },
            SamplerKind.DpmSolverPlusPlus2SAncestral => new DpmSolverPlusPlus2SAncestralSampler { Eta = eta },
            SamplerKind.DpmSolverPlusPlus3MSde => new DpmSolverPlusPlus3MSampler { Eta = eta, Method = method, LowerOrderAtEnd = lower },
            SamplerKind.UniPc => new UniPcSampler
            {
                Order = order, LowerOrderAtEnd = lower, Solved = Details.Solved, Basis = Details.Basis, Uncorrected = Details.Uncorrected,
            },
            _ => throw new InvalidOperationException($"{Sampler} is no sampler of this library."),
        };
    }

    /// <summary>Makes the steps.</summary>
    /// <param name="schedule">The schedule of the model.</param>
    /// <param name="strength">
    /// How much of a given image is made anew, above 0 and at most 1: of all steps the last S strength are taken, rounded down, but at least one,
    /// from the image with the noise of the first of them. 1 for images out of nothing.
    /// </param>
    /// <returns>The steps that are left to take.</returns>
    /// <exception cref="ArgumentException">A value is outside its range, or does not fit the schedule.</exception>
    public SamplingPlan CreatePlan(NoiseSchedule schedule, double strength = 1)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        if (strength is not (> 0 and <= 1))
            throw new ArgumentException($"Strength is {strength}; it must be above 0 and at most 1.", nameof(strength));
        Validate();
        if (Steps > schedule.Steps)
            throw new ArgumentException($"{nameof(Steps)} is {Steps}; the model's schedule has {schedule.Steps}, so choose 1 to {schedule.Steps}.");

        // 0.58 x 50 is a little less than 29 in floating point; 29 is meant.
        const double Rounding = 1e-9;
        var plan = SamplingPlanFactory.Create(this, schedule);
        var taken = Math.Max((int)((plan.Steps.Length * strength) + Rounding), 1);
        var rest = plan.From(plan.Steps.Length - taken);
        SamplingRules.CheckStart(this, rest);
        return rest;
    }

    /// <summary>Brings the clean latents that a denoiser estimates into the range that is asked for.</summary>
    /// <param name="denoiser">The network.</param>
    /// <returns>The denoiser itself where no range is asked for.</returns>
    public IDenoiser Limit(IDenoiser denoiser)
    {
        ArgumentNullException.ThrowIfNull(denoiser);
        return ClipRange is null && DynamicThresholdRatio is null ? denoiser : new LimitedDenoiser(denoiser, this);
    }

    /// <summary>Throws when a value is outside its range, or the sampler does not have what is asked of it.</summary>
    internal void Validate() => SamplingRules.Check(this);
}
