using LdmMl.Torch.Arguments;

namespace LdmMl.Torch.Diffusion;

/// <summary>
/// The noise levels at which classifier-free guidance is applied (Kynkäänniemi et al. 2024, arXiv 2404.07724): at the highest levels guidance costs
/// variety, and at the lowest it changes nothing. At other levels the network is called once, with the condition only.
/// </summary>
/// <remarks>A level is the ratio of noise to signal, sigma / alpha, as in k-diffusion: from about 14.6 down to 0.03 for Stable Diffusion.</remarks>
/// <example>
/// <code>
/// var settings = new GenerationSettings { GuidanceScale = 3, GuidanceInterval = new GuidanceInterval { LowestSigma = 0.3, HighestSigma = 5.4 } };
/// </code>
/// </example>
public sealed record GuidanceInterval
{
    /// <summary>Gets the sigma above which guidance is applied, at least 0.</summary>
    /// <value>Default: 0.</value>
    public double LowestSigma { get; init; }

    /// <summary>Gets the largest sigma at which guidance is applied, above <see cref="LowestSigma"/>.</summary>
    /// <value>Default: infinity.</value>
    public double HighestSigma { get; init; } = double.PositiveInfinity;

    /// <summary>Determines whether a level lies in the interval.</summary>
    /// <param name="level">The level.</param>
    /// <returns>Whether its sigma is above the lowest and at most the highest.</returns>
    public bool Contains(NoiseLevel level) => level.Ratio > LowestSigma && level.Ratio <= HighestSigma;

    internal void Validate()
    {
        Check.AtLeast(LowestSigma, 0);
        Check.That(
            HighestSigma > LowestSigma, HighestSigma, $"it must be above {nameof(LowestSigma)}, which is {LowestSigma}");
    }
}
