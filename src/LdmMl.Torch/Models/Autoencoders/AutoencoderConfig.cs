using LdmMl.Torch.Arguments;
using LdmMl.Torch.Tensors;

namespace LdmMl.Torch.Models.Autoencoders;

/// <summary>
/// Shape of an autoencoder, and the one place that knows its pixel range and the scale of its latents.
/// Outside a network latents are always scaled: z = (raw - <see cref="LatentShift"/>) * <see cref="LatentScale"/>, which brings them near unit
/// variance.
/// </summary>
/// <remarks>Two configs with different list objects are not equal under <c>==</c>, even if the lists hold the same numbers.</remarks>
public abstract record AutoencoderConfig
{
    /// <summary>Gets the channels of an image: 3, or 1 for greyscale.</summary>
    /// <value>Default: 3.</value>
    public int ImageChannels { get; init; } = 3;

    /// <summary>Gets the channels of a latent.</summary>
    public abstract int LatentChannels { get; init; }

    /// <summary>Gets how many image pixels one latent pixel covers on each axis.</summary>
    public abstract int DownsampleFactor { get; }

    /// <summary>Gets the pixel range of the network's input and output.</summary>
    public abstract PixelRange PixelRange { get; }

    /// <summary>Gets whether the encoder outputs a distribution that can be sampled, or only one latent.</summary>
    public abstract bool HasPosterior { get; }

    /// <summary>Gets what raw latents are multiplied by (diffusers <c>scaling_factor</c>, CompVis <c>scale_factor</c>).</summary>
    /// <value>Default: 1.</value>
    public double LatentScale { get; init; } = 1.0;

    /// <summary>Gets what is subtracted from raw latents before they are multiplied (diffusers <c>shift_factor</c>).</summary>
    /// <value>Default: 0.</value>
    public double LatentShift { get; init; }

    /// <summary>Checks the numbers before a network is built from them.</summary>
    /// <exception cref="OptionException">A value is not valid for a network; the message names it.</exception>
    internal virtual void Validate()
    {
        Check.AtLeast(ImageChannels, 1);
        Check.AtLeast(LatentChannels, 1);
        Check.That(double.IsFinite(LatentScale) && LatentScale != 0, LatentScale, "it must be a finite number other than 0");
        Check.That(double.IsFinite(LatentShift), LatentShift, "it must be a finite number");
    }
}
