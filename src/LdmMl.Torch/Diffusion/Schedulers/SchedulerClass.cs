namespace LdmMl.Torch.Diffusion.Schedulers;

/// <summary>The names of diffusers' scheduler classes that this library reads and writes.</summary>
internal static class SchedulerClass
{
    public const string Ddim = "DDIMScheduler";
    public const string Ddpm = "DDPMScheduler";
    public const string Pndm = "PNDMScheduler";
    public const string Euler = "EulerDiscreteScheduler";
    public const string EulerAncestral = "EulerAncestralDiscreteScheduler";
    public const string Heun = "HeunDiscreteScheduler";
    public const string Dpm2 = "KDPM2DiscreteScheduler";
    public const string Lms = "LMSDiscreteScheduler";
    public const string DpmSolver = "DPMSolverMultistepScheduler";
    public const string DpmSolverSingle = "DPMSolverSinglestepScheduler";
    public const string UniPc = "UniPCMultistepScheduler";

    public static IReadOnlyList<string> All { get; } =
        [Ddim, Ddpm, Pndm, Euler, EulerAncestral, Heun, Dpm2, Lms, DpmSolver, DpmSolverSingle, UniPc];

    /// <summary>The class with a sampler's steps, or the nearest.</summary>
    public static string Of(SamplerKind kind) => kind switch
    {
        SamplerKind.Ddpm => Ddpm,
        SamplerKind.Ddim => Ddim,
        SamplerKind.Plms or SamplerKind.Pndm => Pndm,
        SamplerKind.Euler => Euler,
        SamplerKind.EulerAncestral => EulerAncestral,
        SamplerKind.Heun => Heun,
        SamplerKind.Dpm2 => Dpm2,
        SamplerKind.Lms => Lms,
        SamplerKind.DpmSolver or SamplerKind.DpmSolverPlusPlus2M => DpmSolver,
        SamplerKind.DpmSolverPlusPlus2MSde or SamplerKind.DpmSolverPlusPlus3MSde => DpmSolver,
        SamplerKind.DpmSolverPlusPlus2SAncestral => DpmSolverSingle,
        SamplerKind.UniPc => UniPc,
        _ => throw new InvalidOperationException($"{kind} is no sampler of this library."),
    };
}
