namespace LdmMl.Torch.Generation;

/// <summary>
/// The model takes an image concatenated with the noisy latent (Rombach et al. 2022, sections 4.4 and 4.5), and possibly context tokens too.
/// </summary>
public sealed record ConcatenatedConditioning : Conditioning
{
    /// <summary>Gets what the image is and how it is concatenated with the latent.</summary>
    public required ConcatenatedInput Input { get; init; }

    /// <summary>Gets the context tokens that the model also takes (conditioning key <c>hybrid</c>).</summary>
    /// <value>Default: null, none.</value>
    public ContextConditioning? Context { get; init; }

    /// <summary>Gets the noise that is added to the small image; its level is a condition of the model.</summary>
    /// <value>Default: null, none.</value>
    public NoiseAugmentation? Noise { get; init; }

    /// <inheritdoc/>
    internal override ContextConditioning? CrossAttention => Context;

    internal override string Summary => Input == ConcatenatedInput.LowResolutionImage ? "super-resolution" : "inpainting";

    /// <summary>The number of concatenated channels.</summary>
    internal int ChannelsFor(int latentChannels, int imageChannels) =>
        Input == ConcatenatedInput.LowResolutionImage ? imageChannels : latentChannels + 1;

    internal override void Validate()
    {
        Require(Enum.IsDefined(Input), $"{nameof(Input)} is {Input}; it must be one of {string.Join(", ", Enum.GetNames<ConcatenatedInput>())}.");
        Require(Noise is null || Input == ConcatenatedInput.LowResolutionImage, $"{nameof(Noise)} is only for {ConcatenatedInput.LowResolutionImage}.");
        Noise?.Validate();
        Context?.Validate();
    }
}
