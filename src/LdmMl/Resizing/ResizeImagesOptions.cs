using LdmMl.Torch.Tensors;

namespace LdmMl;

/// <summary>Options of <see cref="ResizeImagesExtensions.ResizeImagesAntialiased(Microsoft.ML.TransformsCatalog, ResizeImagesOptions)"/>.</summary>
public sealed record ResizeImagesOptions
{
    /// <summary>Gets the name of the image column to append.</summary>
    public required string OutputColumnName { get; init; }

    /// <summary>Gets the name of the image column to read.</summary>
    /// <value>Null, the default, means <see cref="OutputColumnName"/>.</value>
    public string? InputColumnName { get; init; }

    /// <summary>Gets the width wanted, at least 1.</summary>
    public required int Width { get; init; }

    /// <summary>Gets the height wanted, at least 1.</summary>
    public required int Height { get; init; }

    /// <summary>Gets what happens where an image has other proportions.</summary>
    /// <value>The default is <see cref="ImageFit.CropToFill"/>.</value>
    public ImageFit Fit { get; init; } = ImageFit.CropToFill;

    /// <summary>Gets how new pixels are made of old ones.</summary>
    /// <value>The default is <see cref="ResizeFilter.Bicubic"/>.</value>
    public ResizeFilter Filter { get; init; } = ResizeFilter.Bicubic;

    /// <summary>Gets what surrounds an image, and lies behind transparent pixels, under <see cref="ImageFit.PadToFit"/>.</summary>
    /// <value>The default is white.</value>
    public PixelColor Background { get; init; } = PixelColor.White;

    internal string InputName => InputColumnName ?? OutputColumnName;

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(OutputColumnName);
        if (InputColumnName is not null)
            ArgumentException.ThrowIfNullOrEmpty(InputColumnName);
        ArgumentOutOfRangeException.ThrowIfLessThan(Width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Height, 1);
        if (!Enum.IsDefined(Fit))
            throw new ArgumentOutOfRangeException(nameof(Fit), Fit, "Unknown fit.");
        if (!Enum.IsDefined(Filter))
            throw new ArgumentOutOfRangeException(nameof(Filter), Filter, "Unknown filter.");
    }
}
