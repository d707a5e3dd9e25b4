using System.Runtime.InteropServices;
using LdmMl.Models;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Autoencoders;

/// <summary>Reads an image column into batches of planes in the autoencoder's range.</summary>
/// <remarks>An image belongs to whoever produced it: it is copied before the source moves on, and never disposed here.</remarks>
internal sealed class ImageInput
{
    private readonly DataViewRow row;
    private readonly ValueGetter<MLImage> getter;
    private readonly ImageSize? declared;
    private readonly ImageSizeRule rule;
    private readonly AutoencoderConfig config;
    private readonly PixelColor background;
    private readonly ImageSize[][] sizes;
    private MLImage image = null!;

    public ImageInput(DataViewRow row, DataViewSchema.Column column, AutoencoderConfig config, ImageInputOptions options, int capacity)
    {
        (this.row, this.config, background) = (row, config, options.Background);
        getter = row.GetGetter<MLImage>(column);
        declared = ImageSizeRule.Declared((ImageDataViewType)column.Type);
        rule = new ImageSizeRule(column.Name, config.DownsampleFactor, options.Sides);
        sizes = [new ImageSize[capacity], new ImageSize[capacity]];
    }

    /// <summary>Gets the size that a row's image had before it was padded.</summary>
    public ImageSize OriginalSize(int half, int slot) => sizes[half][slot];

    public void ReadRow(PlaneBatch batch, int half, int slot)
    {
        getter(ref image);
        if (image is null)
            return;
        var size = new ImageSize(image.Width, image.Height);
        var inside = rule.InsideOfRow(size, declared, row.Position);
        sizes[half][slot] = size;
        var planes = batch.Add(slot, inside);
        if (inside == size)
            Convert(planes);
        else
            ConvertAndPad(size, planes);
    }

    private void Convert(Span<float> planes) =>
        MLImagePlanes.ToPlanes(image, background, config.PixelRange, planes, config.ImageChannels);

    private void ConvertAndPad(ImageSize size, Span<float> planes)
    {
        using var scope = NewDisposeScope();
        var image = empty([1, config.ImageChannels, size.Height, size.Width]);
        Convert(MemoryMarshal.Cast<byte, float>(image.bytes));
        var padded = ImagePadding.PadToMultiple(image, config.DownsampleFactor).contiguous();
        MemoryMarshal.Cast<byte, float>(padded.bytes).CopyTo(planes);
    }
}
