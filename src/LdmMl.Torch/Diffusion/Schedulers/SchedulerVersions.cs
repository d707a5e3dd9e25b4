namespace LdmMl.Torch.Diffusion.Schedulers;

/// <summary>
/// The versions of diffusers in which schedulers changed what they compute from the same file. A file of an older version is sampled as that version
/// did; a file without a version, or from before its class existed, as current versions do.
/// </summary>
internal static class SchedulerVersions
{
    /// <summary>The version in files written by this library.</summary>
    public const string Written = "0.40.0";

    /// <summary>The version in the first files written by this library.</summary>
    public const string Earlier = "0.21.4";

    /// <summary>Since this version DDPM steps to the next timestep, not T / S forward steps down.</summary>
    public static readonly Version DdpmToNextTimestep = new(0, 31);

    /// <summary>Since this version levels on Karras' curve are exact; before, they were those of the nearest timesteps.</summary>
    public static readonly Version ExactCurves = new(0, 22);

    /// <summary>Since this version multi-step solvers end at the clean image unless <c>final_sigmas_type</c> says otherwise.</summary>
    public static readonly Version EndsClean = new(0, 26);

    /// <summary>Since this version classes other than DDIM have <c>rescale_betas_zero_snr</c>.</summary>
    public static readonly Version Rescales = new(0, 25);

    /// <summary>The first version with multi-step solvers.</summary>
    public static readonly Version Solvers = new(0, 8);
}
