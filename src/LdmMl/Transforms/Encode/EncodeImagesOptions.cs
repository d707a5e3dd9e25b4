using LdmMl.Schemas;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;
using Microsoft.ML;

namespace LdmMl;

/// <summary>Options of <see cref="LdmMlCatalog.EncodeImages(TransformsCatalog, AutoencoderModel, EncodeImagesOptions)"/>.</summary>
public sealed record EncodeImagesOptions : ModelTransformOptions
{
    /// <summary>Gets the name of the column of latents to append.</summary>
    public required string OutputColumnName { get; init; }

    /// <summary>Gets the name of the image column to read.</summary>
    /// <value>Default: null, <see cref="OutputColumnName"/>.</value>
    public string? InputColumnName { get; init; }

    /// <summary>
    /// Gets the name of a column of seeds (Int64 or Int32). Each row's latent is then a sample of its posterior: mean + deviation * noise.
    /// </summary>
    /// <value>Default: null, the posterior's mean.</value>
    /// <remarks>
    /// The noise of a row is <c>torch.randn(C, H, W)</c> of a CPU generator with that row's seed, so a row can be recomputed
    /// alone, in any batch and in any order.
    /// </remarks>
    public string? SeedColumnName { get; init; }

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
        ColumnNames.Optional(SeedColumnName);
        Check.Defined(Sides);
        base.Validate();
    }

    internal void Validate(AutoencoderModel autoencoder)
    {
        Validate();
        Check.That(
            SeedColumnName is null || autoencoder.Config.HasPosterior, SeedColumnName,
            $"{autoencoder.Source} has no posterior to sample from, so it must be null");
    }
}
