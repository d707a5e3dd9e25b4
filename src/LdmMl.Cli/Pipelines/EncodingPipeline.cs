using LdmMl.Files;
using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Cli.Pipelines;

/// <summary>Load, resize where a size is given, encode.</summary>
internal sealed record EncodingPipeline
{
    public required AutoencoderModel Model { get; init; }

    /// <summary>Gets the side of the square that images are brought to; null keeps each image's own size, padded to what the model needs.</summary>
    public int? Size { get; init; }

    public ImageFit Fit { get; init; } = ImageFit.CropToFill;

    public int BatchSize { get; init; } = 8;

    /// <summary>Gets the most pixels that an image may have.</summary>
    public long MaximumPixels { get; init; } = ImageFile.DefaultMaximumPixels;

    /// <summary>Encodes image files one after the other, lazily.</summary>
    /// <param name="paths">The files.</param>
    /// <returns>The file and its latent, the posterior's mean, of unit variance.</returns>
    public IEnumerable<EncodedImage> Run(IEnumerable<string> paths)
    {
        var context = new MLContext();
        var data = context.Data.LoadFromEnumerable(paths.Select(path => new ImageRow { Path = path }));
        using var transformer = (IDisposable)Chain(context).Fit(data);
        var view = ((ITransformer)transformer).Transform(data);
        var column = view.Schema["Latent"];
        using var cursor = view.GetRowCursor([column, view.Schema["Path"], view.Schema["Image"]]);
        var path = cursor.GetGetter<ReadOnlyMemory<char>>(view.Schema["Path"]);
        var image = cursor.GetGetter<MLImage>(view.Schema["Image"]);
        var latent = cursor.GetGetter<VBuffer<float>>(column);
        MLImage? pixels = null;                // owned by its producer
        VBuffer<float> values = default;
        while (cursor.MoveNext())
        {
            ReadOnlyMemory<char> name = default;
            image(ref pixels!);
            path(ref name);
            latent(ref values);
            var (height, width) = (Latents(pixels.Height), Latents(pixels.Width));
            yield return new(name.ToString(), [values.Length / (height * width), height, width], [.. values.DenseValues()]);
        }
    }

    private int Latents(int side) => (side + Model.Config.DownsampleFactor - 1) / Model.Config.DownsampleFactor;

    private IEstimator<ITransformer> Chain(MLContext context)
    {
        IEstimator<ITransformer> chain = context.Transforms.LoadImageFiles(new LoadImageFilesOptions
        {
            OutputColumnName = "Image", InputColumnName = "Path", MaximumPixels = MaximumPixels,
        });
        if (Size is { } size)
            chain = chain.Append(context.Transforms.ResizeImagesAntialiased("Image", size, size, fit: Fit));
        return chain.Append(context.Transforms.EncodeImages(Model, new EncodeImagesOptions
        {
            OutputColumnName = "Latent", InputColumnName = "Image", BatchSize = BatchSize, Sides = ImageSides.PadToMultiple,
        }));
    }
}
