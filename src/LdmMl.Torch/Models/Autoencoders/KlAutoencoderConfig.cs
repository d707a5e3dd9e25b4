using LdmMl.Torch.Arguments;

namespace LdmMl.Torch.Models.Autoencoders;

/// <summary>Shape of a KL-regularised autoencoder (Rombach et al. 2022, section 3.1; CompVis <c>AutoencoderKL</c>).</summary>
public sealed record KlAutoencoderConfig : ConvolutionalAutoencoderConfig
{
    /// <summary>Gets the scale with which Stable Diffusion 1 and 2 and the published text-to-image model use <c>kl-f8</c>.</summary>
    public const double StableDiffusionLatentScale = 0.18215;

    /// <inheritdoc/>
    public override bool HasPosterior => true;

    /// <summary>
    /// Gets what is subtracted from each channel of raw latents, in place of <see cref="AutoencoderConfig.LatentShift"/> (diffusers
    /// <c>latents_mean</c>, which its pipelines of SDXL apply); goes with <see cref="LatentDeviations"/>.
    /// </summary>
    /// <value>Default: null: one shift for all channels.</value>
    public IReadOnlyList<double>? LatentMeans { get; init; }

    /// <summary>
    /// Gets what each channel of raw latents is divided by, in addition to the multiplication by <see cref="AutoencoderConfig.LatentScale"/> (diffusers
    /// <c>latents_std</c>); goes with <see cref="LatentMeans"/>.
    /// </summary>
    /// <value>Default: null.</value>
    public IReadOnlyList<double>? LatentDeviations { get; init; }

    /// <summary>Gets the published <c>kl-f4</c>: 4x smaller, 3 latent channels. Its diffusion models measure the scale on their own data.</summary>
    public static KlAutoencoderConfig KlF4 { get; } = new() { BaseChannels = 128, ChannelMultipliers = [1, 2, 4], LatentChannels = 3 };

    /// <summary>Gets the published <c>kl-f8</c>: 8x smaller, 4 latent channels; the autoencoder of Stable Diffusion, with its scale.</summary>
    public static KlAutoencoderConfig KlF8 { get; } = new()
    {
        BaseChannels = 128,
        ChannelMultipliers = [1, 2, 4, 4],
        LatentChannels = 4,
        LatentScale = StableDiffusionLatentScale,
    };

    /// <summary>
    /// Gets the published <c>kl-f16</c>: 16x smaller, 16 latent channels. Its diffusion models measure the scale on their own data.
    /// </summary>
    public static KlAutoencoderConfig KlF16 { get; } = new()
    {
        BaseChannels = 128,
        ChannelMultipliers = [1, 1, 2, 2, 4],
        LatentChannels = 16,
        AttentionResolutions = [16],
    };

    /// <summary>
    /// Gets the published <c>kl-f32</c>: 32x smaller, 64 latent channels. Its diffusion models measure the scale on their own data.
    /// </summary>
    public static KlAutoencoderConfig KlF32 { get; } = new()
    {
        BaseChannels = 128,
        ChannelMultipliers = [1, 1, 2, 2, 4, 4],
        LatentChannels = 64,
        AttentionResolutions = [16, 8],
    };

    internal override void Validate()
    {
        base.Validate();
        if (LatentMeans is null && LatentDeviations is null)
            return;
        Check.That(
            LatentMeans?.Count == LatentChannels && LatentMeans.All(double.IsFinite), LatentMeans,
            $"with {nameof(LatentDeviations)} it must have {LatentChannels} finite numbers, one for each channel of a latent");
        Check.That(
            LatentDeviations?.Count == LatentChannels && LatentDeviations.All(deviation => deviation > 0 && double.IsFinite(deviation)), LatentDeviations,
            $"with {nameof(LatentMeans)} it must have {LatentChannels} positive numbers, one for each channel of a latent");
        Check.That(LatentShift == 0, LatentShift, $"with {nameof(LatentMeans)} it must be 0");
    }
}
