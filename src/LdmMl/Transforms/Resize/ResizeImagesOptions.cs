using System.Text.Json.Serialization;
using LdmMl.Schemas;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Tensors;

namespace LdmMl;

/// <summary>Options of <see cref="LdmMlCatalog.ResizeImagesAntialiased(Microsoft.ML.TransformsCatalog, ResizeImagesOptions)"/>.</summary>
public sealed record ResizeImagesOptions
{
    /// <summary>Gets the name of the image column to append.</summary>
    public required string OutputColumnName { get; init; }

    /// <summary>Gets the name of the image column to read.</summary>
    /// <value>Default: null, <see cref="OutputColumnName"/>.</value>
    public string? InputColumnName { get; init; }

    /// <summary>Gets the width of the result in pixels, at least 1.</summary>
    public required int ImageWidth { get; init; }

    /// <summary>Gets the height of the result in pixels, at least 1.</summary>
    public required int ImageHeight { get; init; }

    /// <summary>Gets what happens to an image with a different aspect ratio.</summary>
    /// <value>Default: <see cref="ImageFit.CropToFill"/>.</value>
    public ImageFit Fit { get; init; } = ImageFit.CropToFill;

    /// <summary>Gets the resampling filter.</summary>
    /// <value>Default: <see cref="ResizeFilter.Bicubic"/>.</value>
    public ResizeFilter Filter { get; init; } = ResizeFilter.Bicubic;

    /// <summary>Gets the colour around an image, and behind its transparent pixels, under <see cref="ImageFit.PadToFit"/>.</summary>
    /// <value>Default: white.</value>
    public PixelColor Background { get; init; } = PixelColor.White;

    /// <summary>Gets the token that cancels the reading of rows.</summary>
    /// <value>Default: no cancellation. The token is not stored in a model file.</value>
    [JsonIgnore]
    public CancellationToken CancellationToken { get; init; }

    internal string InputName => InputColumnName ?? OutputColumnName;

    internal void Validate()
    {
        ColumnNames.Require(OutputColumnName);
        ColumnNames.Optional(InputColumnName);
        Check.AtLeast(ImageWidth, 1);
        Check.AtLeast(ImageHeight, 1);
        Check.Defined(Fit);
        Check.Defined(Filter);
    }
}
