using LdmMl.Torch.Diffusion.Samplers;

namespace LdmMl.Torch.Diffusion;

/// <summary>
/// What a sampler can do and what is usual for it: the one table behind the defaults and the checks of <see cref="SamplingSettings"/>.
/// </summary>
internal sealed record SamplerTraits
{
    private const double NoLimit = double.PositiveInfinity;
    private static readonly SamplingGrid[] OnTimesteps = [SamplingGrid.Timesteps];
    private static readonly SamplingGrid[] OnSigmas = [SamplingGrid.Sigmas];
    private static readonly SamplingGrid[] Anywhere = [SamplingGrid.Timesteps, SamplingGrid.Sigmas];
    private static readonly SamplingGrid[] AnywhereUsuallySigmas = [SamplingGrid.Sigmas, SamplingGrid.Timesteps];

    /// <summary>Gets the grids on which it moves, the usual one first.</summary>
    public required SamplingGrid[] Grids { get; init; }

    public TimestepSpacing Spacing { get; init; } = TimestepSpacing.Linspace;

    public SamplingEnd End { get; init; } = SamplingEnd.FirstStep;

    public double UsualEta { get; init; }

    /// <summary>Gets the largest eta; 0 where it has none.</summary>
    public double LargestEta { get; init; }

    public int UsualOrder { get; init; }

    /// <summary>Gets the largest order; 0 where it cannot be chosen.</summary>
    public int LargestOrder { get; init; }

    public SecondOrder UsualMethod { get; init; } = SecondOrder.Midpoint;

    /// <summary>Gets a value indicating whether it can add noise before a step and take it off again.</summary>
    public bool Churns { get; init; }

    /// <summary>Gets a value indicating whether it divides by the width of steps in lambda, and so cannot take a step of none.</summary>
    public bool SolvesInLambda { get; init; }

    /// <summary>Gets a value indicating whether a limit of x_0 changes epsilon too, because epsilon is all it uses.</summary>
    public bool UsesEpsilonOnly { get; init; }

    public static SamplerTraits Of(SamplerKind kind) => kind switch
    {
        SamplerKind.Ddpm => new() { Grids = OnTimesteps, Spacing = TimestepSpacing.Uniform, End = SamplingEnd.Clean },
        SamplerKind.Ddim => new() { Grids = OnTimesteps, Spacing = TimestepSpacing.Uniform, LargestEta = 1 },
        SamplerKind.Plms => new() { Grids = OnTimesteps, Spacing = TimestepSpacing.Uniform, UsesEpsilonOnly = true },
        SamplerKind.Pndm => new() { Grids = OnTimesteps, Spacing = TimestepSpacing.Uniform, UsesEpsilonOnly = true },
        SamplerKind.Euler or SamplerKind.Heun or SamplerKind.Dpm2 => new() { Grids = OnSigmas, Churns = true },
        SamplerKind.EulerAncestral or SamplerKind.DpmSolverPlusPlus2SAncestral => new() { Grids = OnSigmas, UsualEta = 1, LargestEta = 1 },
        SamplerKind.Lms => new() { Grids = OnSigmas, UsualOrder = 4, LargestOrder = 4 },
        SamplerKind.DpmSolver => new()
        {
            Grids = Anywhere, LargestEta = NoLimit, UsualOrder = 2, LargestOrder = 3, SolvesInLambda = true, UsesEpsilonOnly = true,
        },
        SamplerKind.DpmSolverPlusPlus2M => new() { Grids = AnywhereUsuallySigmas, UsualOrder = 2, LargestOrder = 2, SolvesInLambda = true },
        SamplerKind.DpmSolverPlusPlus2MSde => new()
        {
            Grids = AnywhereUsuallySigmas, UsualEta = 1, LargestEta = NoLimit, UsualOrder = 2, LargestOrder = 2, SolvesInLambda = true,
        },
        SamplerKind.DpmSolverPlusPlus3MSde => new()
        {
            Grids = AnywhereUsuallySigmas, UsualEta = 1, LargestEta = NoLimit, UsualMethod = SecondOrder.Heun, SolvesInLambda = true,
        },
        SamplerKind.UniPc => new() { Grids = Anywhere, UsualOrder = 2, LargestOrder = 3, SolvesInLambda = true },
        _ => throw new ArgumentException($"Sampler is {kind}; it must be one of {string.Join(", ", Enum.GetNames<SamplerKind>())}."),
    };
}
