using LdmMl.Images;
using LdmMl.Rows;
using LdmMl.Schemas;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Models;

/// <summary>Reads initial images, and masks if there is a column of them: the channels of the image, then that of the mask.</summary>
/// <param name="row">The row to read.</param>
/// <param name="imageColumn">The column of images.</param>
/// <param name="maskColumn">The column of masks; null for none.</param>
/// <param name="config">The autoencoder.</param>
/// <param name="background">The colour behind transparent pixels of the images.</param>
internal sealed class InitialImageInput(
    DataViewRow row, DataViewSchema.Column imageColumn, DataViewSchema.Column? maskColumn, AutoencoderConfig config, PixelColor background)
{
    private readonly ImageSize? declared = ImageSizeRule.Declared((ImageDataViewType)imageColumn.Type);
    private readonly ImageSource images = new(row, imageColumn);
    private readonly ImageSource? masks = maskColumn is { } column ? new ImageSource(row, column) : null;

    /// <summary>Gets the range of the images' planes; those of masks lie in [0, 1].</summary>
    public PixelRange Range { get; init; } = config.PixelRange;

    /// <summary>Gets the function that says why nothing can be generated from images of a size; it returns null if something can.</summary>
    public required Func<ImageSize, string?> FindSizeError { get; init; }

    /// <summary>Adds the image of the current row and its mask to the batch, unless one is missing.</summary>
    /// <exception cref="InvalidDataException">
    /// A size is not the one declared or does not fit the model, or a mask differs in size from its image.
    /// </exception>
    public void ReadRow(PlaneBatch batch, int slot)
    {
        (var image, var mask) = (images.Read(), masks?.Read());
        if (image is null || (masks is not null && mask is null))
            return;
        var size = new ImageSize(image.Width, image.Height);
        CheckRow(size, mask);
        var planes = batch.Add(slot, size);
        var length = config.ImageChannels * size.Width * size.Height;
        MLImagePlanes.ToPlanes(image, background, Range, planes[..length], config.ImageChannels);
        if (mask is not null)
            MLImagePlanes.ToPlanes(mask, PixelColor.Black, PixelRange.ZeroToOne, planes[length..], channels: 1);
    }

    private void CheckRow(ImageSize size, MLImage? mask)
    {
        if (this.declared is { } declared && size != declared)
        {
            throw RowError.Of(row.Position,
                $"column '{imageColumn.Name}' declares images of {declared}, but this one is {size}. Use ResizeImagesAntialiased first.");
        }

        if (FindSizeError(size) is { } error)
        {
            throw RowError.Of(row.Position,
                $"images made from column '{imageColumn.Name}' do not fit: {error}. Use ResizeImagesAntialiased first.");
        }

        if (mask is not null && (mask.Width, mask.Height) != (size.Width, size.Height))
        {
            throw RowError.Of(row.Position,
                $"the mask in column '{maskColumn!.Value.Name}' is {mask.Width}x{mask.Height}, but its image {size}; "
                + "a mask must have the size of its image.");
        }
    }
}
