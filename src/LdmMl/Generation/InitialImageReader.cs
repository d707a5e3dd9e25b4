using LdmMl.Autoencoders;
using LdmMl.Models;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Generation;

/// <summary>Reads the image that a row begins with, and its mask, into planes: the image's channels, then the mask's one.</summary>
internal sealed class InitialImageReader
{
    private readonly DataViewRow _row;
    private readonly GenerationColumns _columns;
    private readonly PixelColor _background;
    private readonly PixelRange _range;
    private readonly int _channels;
    private readonly ImageSize? _declared;
    private readonly ValueGetter<MLImage> _imageGetter;
    private readonly ValueGetter<MLImage>? _maskGetter;

    // These belong to whoever produced them: never disposed here.
    private MLImage? _image, _mask;

    public InitialImageReader(DataViewRow row, GenerationColumns columns, AutoencoderConfig config, PixelColor background)
    {
        (_row, _columns, _background, _channels) = (row, columns, background, config.ImageChannels);
        // Small images to enlarge are in [-1, 1] for every first stage.
        _range = columns.Enlarges ? PixelRange.MinusOneToOne : config.PixelRange;
        DataViewSchema.Column images = columns.Image!.Find(row.Schema);
        _declared = ImageSizeRule.Declared((ImageDataViewType)images.Type);
        _imageGetter = row.GetGetter<MLImage>(images);
        _maskGetter = columns.Mask is { } masks ? row.GetGetter<MLImage>(masks.Find(row.Schema)) : null;
    }

    /// <summary>Reads the current row into the batch; false where its image or its mask is missing.</summary>
    /// <exception cref="InvalidDataException">
    /// A size is not the one declared or does not fit the model, or a mask has another than its image.
    /// </exception>
    public bool Read(PlaneBatch batch, int slot)
    {
        _imageGetter(ref _image!);
        _maskGetter?.Invoke(ref _mask!);
        if (_image is null || (_maskGetter is not null && _mask is null))
            return false;
        var size = new ImageSize(_image.Width, _image.Height);
        CheckRow(size);
        Span<float> planes = batch.Add(slot, size);
        int length = _channels * size.Width * size.Height;
        MLImagePlanes.ToPlanes(_image, _background, _range, planes[..length], _channels);
        if (_mask is not null)
            MLImagePlanes.ToPlanes(_mask, PixelColor.Black, PixelRange.ZeroToOne, planes[length..], channels: 1);
        return true;
    }

    private void CheckRow(ImageSize size)
    {
        if (_declared is { } declared && size != declared)
        {
            throw new InvalidDataException(
                $"Row {_row.Position}: column '{_columns.Image!.Name}' says that its images are {declared}, and this one is {size}. " +
                "Put ResizeImagesAntialiased before.");
        }

        if (_columns.Misfit(_columns.MadeOf(size)) is { } misfit)
        {
            throw new InvalidDataException(
                $"Row {_row.Position}: images made of column '{_columns.Image!.Name}' do not fit: {misfit}. Put ResizeImagesAntialiased before.");
        }

        if (_mask is not null && (_mask.Width, _mask.Height) != (size.Width, size.Height))
        {
            throw new InvalidDataException(
                $"Row {_row.Position}: the mask in column '{_columns.Mask!.Name}' is {_mask.Width}x{_mask.Height}, and its image {size}; " +
                "a mask has its image's size.");
        }
    }
}
