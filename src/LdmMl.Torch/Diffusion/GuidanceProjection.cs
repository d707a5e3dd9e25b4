using LdmMl.Torch.Arguments;

namespace LdmMl.Torch.Diffusion;

/// <summary>
/// Adaptive projected guidance (APG; Sadat et al. 2024, arXiv 2410.02416), without its momentum: the part of guidance that is parallel to the
/// predicted image only raises contrast and saturation, so it is left out, and high scales cost less variety and fewer natural colours.
/// </summary>
/// <remarks>It needs as many network calls as guidance itself.</remarks>
/// <example>
/// <code>
/// var settings = new GenerationSettings { GuidanceScale = 5, GuidanceProjection = new GuidanceProjection() };
/// </code>
/// </example>
public sealed record GuidanceProjection
{
    /// <summary>Gets the share of the parallel part that is kept (eta), 0 to 1; 1 is guidance as usual.</summary>
    /// <value>Default: 0.</value>
    public double ParallelShare { get; init; }

    /// <summary>
    /// Gets the largest norm of the difference between a row's predictions with and without the condition (r), above 0; larger differences are scaled
    /// down to it. It depends on the size of the latents: 2.5 to 15 are published for latents of 4x64x64 to 4x128x128.
    /// </summary>
    /// <value>Default: null: any.</value>
    public double? LargestNorm { get; init; }

    internal void Validate()
    {
        Check.Within(ParallelShare, 0, 1);
        Check.That(
            LargestNorm is null or (> 0 and < double.PositiveInfinity), LargestNorm, $"it must be above 0, or {Wording.Nothing} for any");
    }
}
