using System.Collections.Immutable;
using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion;

/// <summary>The steps of a sampler, from pure noise to the clean image. Immutable.</summary>
public sealed class SamplingPlan
{
    private SamplingPlan(ImmutableArray<SamplingStep> steps, double initialScale)
    {
        Steps = steps;
        InitialScale = initialScale;
    }

    /// <summary>Gets the steps in the order in which they are taken.</summary>
    public ImmutableArray<SamplingStep> Steps { get; }

    /// <summary>Gets the factor that turns standard normal noise into the first state.</summary>
    public double InitialScale { get; }

    /// <summary>Gets the schedule whose forward steps the plan visits; null for a plan over sigmas.</summary>
    internal NoiseSchedule? Schedule { get; private init; }

    /// <summary>Gets the number of forward steps per step (<see cref="StepTarget.Stride"/>); null for steps down to the next timestep.</summary>
    internal int? Stride { get; private init; }

    /// <summary>Gets whether the steps are diffusers' list for PNDM, one per network call, with the second timestep twice.</summary>
    internal bool ListsCalls { get; private init; }

    /// <summary>Creates a plan over some of a schedule's forward steps, variance-preserving.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="timesteps">The forward steps to visit, decreasing, each 0 to T - 1.</param>
    /// <param name="last">The level after the last step; null for that of forward step 0, as in the reference's DDIM.</param>
    /// <returns>One step per timestep.</returns>
    /// <exception cref="ArgumentException">There are no timesteps, one is outside the schedule, or they increase.</exception>
    public static SamplingPlan FromTimesteps(NoiseSchedule schedule, IReadOnlyList<int> timesteps, NoiseLevel? last = null)
    {
        CheckTimesteps(schedule, timesteps);
        var levels = timesteps.Select(step => NoiseLevel.Of(schedule, step)).Append(last ?? NoiseLevel.Of(schedule, 0)).ToArray();
        return new SamplingPlan(Pairs(levels), initialScale: 1) { Schedule = schedule };
    }

    /// <summary>
    /// Creates a plan over some of a schedule's forward steps, each a given number of forward steps down (<see cref="StepTarget.Stride"/>).
    /// </summary>
    internal static SamplingPlan FromTimesteps(NoiseSchedule schedule, IReadOnlyList<int> timesteps, NoiseLevel last, int stride)
    {
        CheckTimesteps(schedule, timesteps);
        var steps = timesteps.Select(step => new SamplingStep(
            NoiseLevel.Of(schedule, step), step >= stride ? NoiseLevel.Of(schedule, step - stride) : last));
        return new SamplingPlan([.. steps], initialScale: 1) { Schedule = schedule, Stride = stride };
    }

    private static void CheckTimesteps(NoiseSchedule schedule, IReadOnlyList<int> timesteps)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        ArgumentNullException.ThrowIfNull(timesteps);
        if (timesteps.Count == 0)
            throw new ArgumentException("There are no timesteps; give at least one.", nameof(timesteps));

        for (var i = 0; i < timesteps.Count; i++)
        {
            if (timesteps[i] < 0 || timesteps[i] >= schedule.Steps)
            {
                throw new ArgumentException(
                    $"Timestep {timesteps[i]} is outside the schedule, which has 0 to {schedule.Steps - 1}.", nameof(timesteps));
            }

            if (i > 0 && timesteps[i] > timesteps[i - 1])
                throw new ArgumentException($"Timestep {timesteps[i]} comes after {timesteps[i - 1]}; they must decrease.", nameof(timesteps));
        }
    }

    /// <summary>Creates a plan over decreasing sigmas, for states x_0 + sigma epsilon (Karras et al. 2022, algorithm 1).</summary>
    /// <param name="sigmas">The sigmas, strictly decreasing; the last is where sampling ends, usually 0.</param>
    /// <param name="timesteps">The network's time of each but the last; null to look them up.</param>
    /// <returns>One step for each sigma but the last; noise is scaled by the first.</returns>
    /// <exception cref="ArgumentException">There are fewer than two sigmas, they do not decrease, or the times do not match them.</exception>
    public static SamplingPlan FromSigmas(IReadOnlyList<double> sigmas, IReadOnlyList<double>? timesteps = null) =>
        FromSigmas(sigmas, timesteps, initialScale: null);

    /// <summary>Creates a plan over arbitrary levels between the schedule's own, variance-preserving.</summary>
    internal static SamplingPlan FromLevels(NoiseSchedule schedule, NoiseLevel[] levels) =>
        new(Pairs(levels), initialScale: 1) { Schedule = schedule };

    // The last step may have no width: a curve can end exactly where sampling does.
    internal static SamplingPlan FromSigmas(IReadOnlyList<double> sigmas, IReadOnlyList<double>? timesteps, double? initialScale)
    {
        var mayRest = initialScale is not null;
        ArgumentNullException.ThrowIfNull(sigmas);
        if (sigmas.Count < 2)
            throw new ArgumentException($"There are {sigmas.Count} sigmas; a step needs two.", nameof(sigmas));
        if (timesteps is not null && timesteps.Count != sigmas.Count - 1)
        {
            throw new ArgumentException(
                $"There are {timesteps.Count} times for {sigmas.Count} sigmas; give one for each sigma but the last.", nameof(timesteps));
        }

        for (var i = 0; i < sigmas.Count; i++)
        {
            var falls = i == 0 || sigmas[i] < sigmas[i - 1] || (mayRest && i == sigmas.Count - 1 && sigmas[i] == sigmas[i - 1]);
            if (!(sigmas[i] >= 0 && double.IsFinite(sigmas[i]) && falls))
                throw new ArgumentException($"Sigma {i} is {sigmas[i]}; sigmas must be finite, at least 0, and strictly decreasing.", nameof(sigmas));
        }

        var levels = sigmas.Select((sigma, i) => NoiseLevel.OfSigma(sigma, i < sigmas.Count - 1 ? timesteps?[i] : null)).ToArray();
        return new SamplingPlan(Pairs(levels), initialScale ?? sigmas[0]);
    }

    /// <summary>
    /// The steps whose timestep, rounded, is at least a given one, and at least one step: the part of one model before another continues.
    /// </summary>
    internal SamplingPlan Until(double timestep)
    {
        var last = Math.Round(timestep);
        return last <= 0 ? this : new SamplingPlan([.. Steps.Where((step, index) => index == 0 || !(step.From.Timestep < last))], InitialScale)
        {
            Schedule = Schedule,
            Stride = Stride,
            ListsCalls = ListsCalls,
        };
    }

    /// <summary>The steps from a given one on: what remains to be done for an image that is only partly noised.</summary>
    /// <param name="first">The first step to take, 0 to the number of steps - 1.</param>
    /// <returns>The rest of the plan.</returns>
    public SamplingPlan From(int first)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(first, Steps.Length);
        return new SamplingPlan(Steps[first..], InitialScale) { Schedule = Schedule, Stride = Stride, ListsCalls = ListsCalls };
    }

    /// <summary>Lists the network calls of diffusers' PNDM, in which the second timestep is called twice.</summary>
    internal SamplingPlan Listed() => Steps.Length < 2 ? this : new SamplingPlan([Steps[0], Steps[1], .. Steps[1..]], InitialScale)
    {
        Schedule = Schedule, Stride = Stride, ListsCalls = true,
    };

    /// <summary>Computes the state at which the first step starts.</summary>
    /// <param name="noise">Standard normal noise [B, c, h, w].</param>
    /// <param name="image">The clean latents to start from, [B, c, h, w]; null for none.</param>
    /// <returns>The scaled noise, or the image with the noise of the first step. The caller disposes it.</returns>
    public Tensor FirstState(Tensor noise, Tensor? image = null)
    {
        ArgumentNullException.ThrowIfNull(noise);
        if (image is null)
            return noise * Real(InitialScale);
        using var scope = NewDisposeScope();
        return scope.MoveToOuter((image * Real(Steps[0].From.Alpha)).Plus(noise * Real(Steps[0].From.Sigma)));
    }

    private static ImmutableArray<SamplingStep> Pairs(NoiseLevel[] levels) =>
        [.. Enumerable.Range(0, levels.Length - 1).Select(i => new SamplingStep(levels[i], levels[i + 1]))];
}
