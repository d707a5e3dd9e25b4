using LdmMl.Torch.Arguments;

namespace LdmMl.Torch.Generation;

/// <summary>
/// A vector that is added to the time embedding (SDXL; Podell et al. 2023, section 2.2): the pooled vector of the text, then six numbers
/// about sizes, each as sinusoids.
/// </summary>
public sealed record VectorConditioning
{
    /// <summary>The number of sizes: height and width of the original, top and left of the crop, height and width of the target.</summary>
    internal const int SizeCount = 6;

    /// <summary>Gets the width of the pooled vector of a text.</summary>
    public required int PooledDimension { get; init; }

    /// <summary>Gets the width of the sinusoids of each size (<c>addition_time_embed_dim</c>), even.</summary>
    /// <value>Default: 256, SDXL's.</value>
    public int SizeDimension { get; init; } = 256;

    /// <summary>
    /// Gets whether zeros replace the encoding if there is no negative prompt (<c>force_zeros_for_empty_prompt</c>).
    /// </summary>
    /// <value>Default: <see langword="true"/>, SDXL base's.</value>
    public bool ZeroWithoutNegative { get; init; } = true;

    /// <summary>Gets the width of the whole vector.</summary>
    internal int Dimension => PooledDimension + (SizeCount * SizeDimension);

    internal void Validate()
    {
        Check.AtLeast(PooledDimension, 1);
        Check.That(SizeDimension >= 2 && SizeDimension % 2 == 0, SizeDimension, "it must be even and at least 2");
    }
}
