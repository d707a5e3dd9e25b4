using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;

namespace EmojiGeneration;

/// <summary>Settings to try.</summary>
/// <param name="Name">Their name in tables.</param>
/// <param name="Guidance">The guidance scale; 1 for none.</param>
/// <param name="Sampling">The sampler and its steps; null for the model's.</param>
internal sealed record Trial(string Name, double Guidance, SamplingSettings? Sampling = null)
{
    /// <summary>Gets whether guidance is projected, so that it does not raise contrast and saturation.</summary>
    public bool IsProjected { get; init; }

    /// <summary>Gets the settings that were judged best, with the model's sampler.</summary>
    public static Trial Best { get; } = new("guidance 2", 2);

    /// <summary>Gets all settings that are tried: guidance first, then other samplers and numbers of steps.</summary>
    public static IReadOnlyList<Trial> All { get; } =
    [
        new("guidance 1 (none)", 1), new("guidance 1.5", 1.5), Best, new("guidance 3", 3), new("guidance 5", 5), new("guidance 5, projected", 5) { IsProjected = true },
        new("DPM-Solver++, 10 steps", Best.Guidance, new SamplingSettings { Sampler = new DpmSolverPlusPlus2MSampler(), Steps = 10 }),
        new("DDIM, 50 steps", Best.Guidance, new SamplingSettings { Sampler = new DdimSampler(), Steps = 50 }),
    ];
}
