using LdmMl.Images;
using LdmMl.Models;
using LdmMl.Rows;
using LdmMl.Schemas;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Transforms.Generate;

/// <summary>Reads the initial image of a row, and its mask, into planes: the image's channels, then the mask's one.</summary>
internal sealed class InitialImageReader
{
    private readonly DataViewRow row;
    private readonly GenerateImagesColumns columns;
    private readonly PixelColor background;
    private readonly PixelRange range;
    private readonly int channels;
    private readonly ImageSize? declared;
    private readonly ImageSource images;
    private readonly ImageSource? masks;

    public InitialImageReader(DataViewRow row, GenerateImagesColumns columns, AutoencoderConfig config, PixelColor background)
    {
        (this.row, this.columns, this.background, channels) = (row, columns, background, config.ImageChannels);
        // Small images to enlarge are in [-1, 1] for every first stage.
        range = columns.Enlarges ? PixelRange.MinusOneToOne : config.PixelRange;
        var column = columns.Image!.Find(row.Schema);
        declared = ImageSizeRule.Declared((ImageDataViewType)column.Type);
        images = new ImageSource(row, column);
        masks = columns.Mask is { } mask ? new ImageSource(row, mask.Find(row.Schema)) : null;
    }

    /// <summary>Reads the current row into the batch; false where its image or its mask is missing.</summary>
    /// <exception cref="InvalidDataException">
    /// A size is not the one declared or does not fit the model, or a mask has another than its image.
    /// </exception>
    public bool Read(PlaneBatch batch, int slot)
    {
        (var image, var mask) = (images.Read(), masks?.Read());
        if (image is null || (masks is not null && mask is null))
            return false;
        var size = new ImageSize(image.Width, image.Height);
        CheckRow(size, mask);
        var planes = batch.Add(slot, size);
        var length = channels * size.Width * size.Height;
        MLImagePlanes.ToPlanes(image, background, range, planes[..length], channels);
        if (mask is not null)
            MLImagePlanes.ToPlanes(mask, PixelColor.Black, PixelRange.ZeroToOne, planes[length..], channels: 1);
        return true;
    }

    private void CheckRow(ImageSize size, MLImage? mask)
    {
        if (this.declared is { } declared && size != declared)
        {
            throw RowError.Of(row.Position,
                $"column '{columns.Image!.Name}' says that its images are {declared}, and this one is {size}. " +
                "Put ResizeImagesAntialiased before.");
        }

        if (columns.FindSizeError(columns.ResultSize(size)) is { } error)
        {
            throw RowError.Of(row.Position,
                $"images made of column '{columns.Image!.Name}' do not fit: {error}. Put ResizeImagesAntialiased before.");
        }

        if (mask is not null && (mask.Width, mask.Height) != (size.Width, size.Height))
        {
            throw RowError.Of(row.Position,
                $"the mask in column '{columns.Mask!.Name}' is {mask.Width}x{mask.Height}, and its image {size}; " +
                "a mask has its image's size.");
        }
    }
}
