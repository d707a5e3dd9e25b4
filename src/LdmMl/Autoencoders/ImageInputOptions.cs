using LdmMl.Torch.Tensors;

namespace LdmMl;

/// <summary>What every transform can be told that gives images to an autoencoder.</summary>
public abstract record ImageInputOptions : AutoencoderTransformOptions
{
    /// <summary>Gets the colour behind transparent pixels.</summary>
    /// <value>The default is white.</value>
    public PixelColor Background { get; init; } = PixelColor.White;

    /// <summary>Gets what happens to an image whose sides are not multiples of the autoencoder's factor.</summary>
    /// <value>The default is <see cref="ImageSides.MustBeMultiples"/>.</value>
    public ImageSides Sides { get; init; } = ImageSides.MustBeMultiples;

    internal override void Validate()
    {
        base.Validate();
        if (!Enum.IsDefined(Sides))
            throw new ArgumentOutOfRangeException(nameof(Sides), Sides, "Unknown policy.");
    }
}
