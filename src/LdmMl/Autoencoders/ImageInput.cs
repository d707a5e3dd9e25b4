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
    private readonly DataViewRow _row;
    private readonly ValueGetter<MLImage> _getter;
    private readonly ImageSize? _declared;
    private readonly ImageSizeRule _rule;
    private readonly AutoencoderConfig _config;
    private readonly PixelColor _background;
    private readonly ImageSize[][] _sizes;
    private MLImage _image = null!;

    public ImageInput(DataViewRow row, DataViewSchema.Column column, AutoencoderConfig config, ImageInputOptions options, int capacity)
    {
        (_row, _config, _background) = (row, config, options.Background);
        _getter = row.GetGetter<MLImage>(column);
        _declared = ImageSizeRule.Declared((ImageDataViewType)column.Type);
        _rule = new ImageSizeRule(column.Name, config.DownsampleFactor, options.Sides);
        _sizes = [new ImageSize[capacity], new ImageSize[capacity]];
    }

    /// <summary>Gets the size that a row's image had before it was padded.</summary>
    public ImageSize OriginalSize(int half, int slot) => _sizes[half][slot];

    public void ReadRow(PlaneBatch batch, int half, int slot)
    {
        _getter(ref _image);
        if (_image is null)
            return;
        var size = new ImageSize(_image.Width, _image.Height);
        ImageSize inside = _rule.InsideOfRow(size, _declared, _row.Position);
        _sizes[half][slot] = size;
        Span<float> planes = batch.Add(slot, inside);
        if (inside == size)
            Convert(planes);
        else
            ConvertAndPad(size, planes);
    }

    private void Convert(Span<float> planes)
        => MLImagePlanes.ToPlanes(_image, _background, _config.PixelRange, planes, _config.ImageChannels);

    private void ConvertAndPad(ImageSize size, Span<float> planes)
    {
        using var scope = NewDisposeScope();
        Tensor image = empty([1, _config.ImageChannels, size.Height, size.Width]);
        Convert(MemoryMarshal.Cast<byte, float>(image.bytes));
        Tensor padded = ImagePadding.PadToMultiple(image, _config.DownsampleFactor).contiguous();
        MemoryMarshal.Cast<byte, float>(padded.bytes).CopyTo(planes);
    }
}
