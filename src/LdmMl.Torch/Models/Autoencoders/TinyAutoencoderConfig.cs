using LdmMl.Torch.Arguments;
using LdmMl.Torch.Tensors;

namespace LdmMl.Torch.Models.Autoencoders;

/// <summary>
/// Shape of a tiny autoencoder (the TAESD family): a distilled replacement for a large one, 8x smaller on each axis.
/// Its latents are those of the model it replaces after that model's scale and shift, so here the scale is 1.
/// </summary>
public sealed record TinyAutoencoderConfig : AutoencoderConfig
{
    /// <summary>Gets the channels of a latent.</summary>
    /// <value>Default: 4.</value>
    public override int LatentChannels { get; init; } = 4;

    /// <summary>Gets the width of every hidden layer.</summary>
    /// <value>Default: 64, the width of all published ones.</value>
    public int Width { get; init; } = 64;

    /// <summary>Gets whether the blocks at the latent's size add a normalised 1x1 branch first (<c>use_midblock_gn</c>).</summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool MiddleNormalization { get; init; }

    /// <inheritdoc/>
    public override int DownsampleFactor => 8;

    /// <inheritdoc/>
    public override PixelRange PixelRange => PixelRange.ZeroToOne;

    /// <inheritdoc/>
    public override bool HasPosterior => false;

    /// <summary>Gets the tiny autoencoder of Stable Diffusion 1 and 2 (<c>taesd</c>) and, with other weights, of SDXL (<c>taesdxl</c>).</summary>
    public static TinyAutoencoderConfig Taesd { get; } = new();

    /// <summary>Gets the tiny autoencoder of Stable Diffusion 3 (<c>taesd3</c>).</summary>
    public static TinyAutoencoderConfig Taesd3 { get; } = new() { LatentChannels = 16 };

    /// <summary>Gets the tiny autoencoder of FLUX.1 (<c>taef1</c>).</summary>
    public static TinyAutoencoderConfig Taef1 { get; } = new() { LatentChannels = 16 };

    /// <summary>Gets the tiny autoencoder of FLUX.2 (<c>taef2</c>).</summary>
    public static TinyAutoencoderConfig Taef2 { get; } = new() { LatentChannels = 32, MiddleNormalization = true };

    internal override void Validate()
    {
        base.Validate();
        Check.AtLeast(Width, 1);
    }
}
