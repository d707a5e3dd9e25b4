using LdmMl.Torch.Arguments;

namespace LdmMl.Torch.Models.Discriminators;

/// <summary>Shape of a PatchGAN discriminator (Isola et al. 2017, appendix 6.1.2; taming-transformers <c>NLayerDiscriminator</c>).</summary>
internal sealed record NLayerDiscriminatorConfig
{
    private const int LargestMultiplier = 8;

    /// <summary>Gets the channels of the images (<c>input_nc</c>), at least 1.</summary>
    /// <value>Default: 3.</value>
    public int InputChannels { get; init; } = 3;

    /// <summary>Gets the width of the first layer (<c>ndf</c>), at least 1; each further layer doubles it, up to 8 times.</summary>
    /// <value>Default: 64, as published.</value>
    public int Channels { get; init; } = 64;

    /// <summary>
    /// Gets how many layers halve the image (<c>n_layers</c>), 1 to 8. It determines the receptive field of a logit: 16, 34, 70, 142 ...
    /// </summary>
    /// <value>Default: 3, as published.</value>
    public int Layers { get; init; } = 3;

    /// <summary>Gets how the middle layers are normalised.</summary>
    /// <value>Default: <see cref="DiscriminatorNormalization.Batch"/>, as published.</value>
    public DiscriminatorNormalization Normalization { get; init; }

    /// <summary>
    /// Gets the smallest side of an image that leaves a logit: each halving halves it, and the two last layers take one pixel each.
    /// </summary>
    public int MinimumSize => 3 << Layers;

    /// <summary>Computes the width after a layer, counted from 0.</summary>
    internal int LayerChannels(int layer) => Channels * Math.Min(1 << layer, LargestMultiplier);

    /// <summary>Checks the numbers before a network is built from them.</summary>
    /// <exception cref="OptionException">A value is outside its range; the message says which, and what it may be.</exception>
    internal void Validate()
    {
        Check.AtLeast(InputChannels, 1);
        Check.AtLeast(Channels, 1);
        Check.Within(Layers, 1, 8);
        Check.Defined(Normalization);
    }
}
