using LdmMl.Torch.Arguments;
using LdmMl.Torch.Tensors;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Schemas;

/// <summary>The sizes of images that an autoencoder accepts, and their size after padding.</summary>
/// <param name="ColumnName">The image column, for messages.</param>
/// <param name="Factor">What both sides must be multiples of.</param>
/// <param name="Sides">What happens to an image whose sides are not.</param>
internal sealed record ImageSizeRule(string ColumnName, int Factor, ImageSides Sides)
{
    /// <summary>Gets the size that a column declares, or null if it declares none.</summary>
    public static ImageSize? Declared(ImageDataViewType type) =>
        type.Width > 0 && type.Height > 0 ? new ImageSize(type.Width, type.Height) : null;

    /// <summary>Gets the type of a column of images of one size; without a size if it is null.</summary>
    public static ImageDataViewType TypeOf(ImageSize? size) => size is { } known ? new(known.Height, known.Width) : new();

    /// <summary>Returns the padded size of the images that a column declares, or null if it declares none.</summary>
    /// <exception cref="ArgumentException">The sides are not multiples of the factor.</exception>
    public ImageSize? InsideOfColumn(ImageDataViewType type)
    {
        if (Declared(type) is not { } size)
            return null;
        return Pad(size) is { } inside && (inside == size || Sides == ImageSides.PadToMultiple)
            ? inside
            : throw new ArgumentException($"Column '{ColumnName}' holds images of {size}; {Demand}");
    }

    /// <summary>Returns the padded size of one image.</summary>
    /// <exception cref="InvalidDataException">Its sides are not multiples of the factor, or not those its column declares.</exception>
    public ImageSize InsideOfRow(ImageSize image, ImageSize? declared, long row)
    {
        if (declared is { } expected && image != expected)
        {
            throw RowError.Of(row,
                $"column '{ColumnName}' declares images of {expected}, but this one is {image}. {Resizing.Before}");
        }

        var inside = Pad(image);
        return inside == image || Sides == ImageSides.PadToMultiple
            ? inside
            : throw RowError.Of(row, $"the image in column '{ColumnName}' is {image}; {Demand}");
    }

    private Wording Demand => Wording.Of($"both sides must be multiples of {Factor}. Use ResizeImagesAntialiased first, or set Sides to PadToMultiple.");

    private ImageSize Pad(ImageSize size) => new(RoundUp(size.Width), RoundUp(size.Height));

    private int RoundUp(int side) => (side + Factor - 1) / Factor * Factor;
}
