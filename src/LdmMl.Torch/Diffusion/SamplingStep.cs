using System.Runtime.InteropServices;

namespace LdmMl.Torch.Diffusion;

/// <summary>One step of a sampler.</summary>
/// <param name="From">The level of the state that the network is given.</param>
/// <param name="To">The level of the state after the step.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SamplingStep(NoiseLevel From, NoiseLevel To)
{
    /// <summary>Gets whether the step has no width, by which solvers in lambda would divide.</summary>
    internal bool IsEmpty => From.Ratio == To.Ratio;
}
