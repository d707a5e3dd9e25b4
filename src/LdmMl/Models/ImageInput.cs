using System.Runtime.InteropServices;
using LdmMl.Images;
using LdmMl.Rows;
using LdmMl.Schemas;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Models;

/// <summary>Reads an image column into batches of planes in the autoencoder's range.</summary>
internal sealed class ImageInput
{
    private readonly DataViewRow row;
    private readonly ImageSource images;
    private readonly ImageSize? declared;
    private readonly ImageSizeRule rule;
    private readonly AutoencoderConfig config;
    private readonly PixelColor background;

    public ImageInput(DataViewRow row, DataViewSchema.Column column, AutoencoderConfig config, PixelColor background, ImageSides sides)
    {
        (this.row, this.config, this.background) = (row, config, background);
        images = new ImageSource(row, column);
        declared = ImageSizeRule.Declared((ImageDataViewType)column.Type);
        rule = new ImageSizeRule(column.Name, config.DownsampleFactor, sides);
    }

    /// <summary>Adds the image of the current row, unless it is missing.</summary>
    /// <exception cref="InvalidDataException">Its sides are not multiples of the factor, or not those its column declares.</exception>
    public void ReadRow(PlaneBatch batch, int slot)
    {
        if (images.Read() is not { } image)
            return;
        var size = new ImageSize(image.Width, image.Height);
        var inside = rule.InsideOfRow(size, declared, row.Position);
        var planes = batch.Add(slot, inside, original: size);
        if (inside == size)
            Convert(image, planes);
        else
            ConvertAndPad(image, size, planes);
    }

    private void Convert(MLImage image, Span<float> planes) =>
        MLImagePlanes.ToPlanes(image, background, config.PixelRange, planes, config.ImageChannels);

    private void ConvertAndPad(MLImage image, ImageSize size, Span<float> planes)
    {
        using var scope = NewDisposeScope();
        var pixels = empty([1, config.ImageChannels, size.Height, size.Width]);
        Convert(image, MemoryMarshal.Cast<byte, float>(pixels.bytes));
        var padded = ImagePadding.PadToMultiple(pixels, config.DownsampleFactor).contiguous();
        MemoryMarshal.Cast<byte, float>(padded.bytes).CopyTo(planes);
    }
}
