using LdmMl.Schemas;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;
using Microsoft.ML;

namespace LdmMl;

/// <summary>Options of <see cref="AutoencoderTransforms.ReconstructImages(TransformsCatalog, AutoencoderModel, ReconstructImagesOptions)"/>.</summary>
public sealed record ReconstructImagesOptions : ModelTransformOptions
{
    /// <summary>Gets the name of the image column to append.</summary>
    public required string OutputColumnName { get; init; }

    /// <summary>Gets the name of the image column to read.</summary>
    /// <value>Default: null, <see cref="OutputColumnName"/>.</value>
    public string? InputColumnName { get; init; }

    /// <summary>Gets the colour behind transparent pixels.</summary>
    /// <value>Default: white.</value>
    public PixelColor Background { get; init; } = PixelColor.White;

    /// <summary>Gets what happens to an image whose sides are not multiples of the autoencoder's factor.</summary>
    /// <value>Default: <see cref="ImageSides.MustBeMultiples"/>.</value>
    public ImageSides Sides { get; init; } = ImageSides.MustBeMultiples;

    internal string InputName => InputColumnName ?? OutputColumnName;

    internal override void Validate()
    {
        ColumnNames.Require(OutputColumnName);
        ColumnNames.Optional(InputColumnName);
        Check.Defined(Sides);
        base.Validate();
    }
}
