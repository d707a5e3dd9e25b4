using System.Runtime.InteropServices;

namespace LdmMl.Torch.Diffusion;

/// <summary>One step of a sampler.</summary>
/// <param name="From">The level at which the network looks at the state.</param>
/// <param name="To">The level that the state has after the step.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SamplingStep(NoiseLevel From, NoiseLevel To)
{
    /// <summary>Gets whether the step leads to where it begins; solvers in lambda would divide by its width.</summary>
    internal bool IsEmpty => From.Ratio == To.Ratio;
}
