using LdmMl.Files;
using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Cli.Pipelines;

/// <summary>Load, resize where a size is given, reconstruct, score.</summary>
internal sealed record ReconstructionPipeline
{
    public required AutoencoderModel Model { get; init; }

    /// <summary>Gets the side of the square that images are brought to; null keeps each image's own size, padded to what the model needs.</summary>
    public int? Size { get; init; }

    public ImageFit Fit { get; init; } = ImageFit.CropToFill;

    public int BatchSize { get; init; } = 8;

    /// <summary>Gets the most pixels that an image may have.</summary>
    public long MaximumPixels { get; init; } = ImageFile.DefaultMaximumPixels;

    /// <summary>Reconstructs image files one after the other, lazily. The images of a row belong to the caller.</summary>
    /// <param name="paths">The files.</param>
    public IEnumerable<ReconstructedImage> Run(IEnumerable<string> paths)
    {
        var context = new MLContext();
        var data = context.Data.LoadFromEnumerable(paths.Select(path => new ImageRow { Path = path }));
        using var transformer = (IDisposable)Chain(context).Fit(data);
        var view = ((ITransformer)transformer).Transform(data);

        using var cursor = view.GetRowCursor(view.Schema);
        var path = cursor.GetGetter<ReadOnlyMemory<char>>(view.Schema["Path"]);
        var original = cursor.GetGetter<MLImage>(view.Schema["Image"]);
        var reconstruction = cursor.GetGetter<MLImage>(view.Schema["Reconstruction"]);
        var psnr = cursor.GetGetter<float>(view.Schema["Psnr"]);
        var ssim = cursor.GetGetter<float>(view.Schema["Ssim"]);
        while (cursor.MoveNext())
        {
            ReadOnlyMemory<char> name = default;
            MLImage first = null!, second = null!;                 // a getter disposes the image it is given, so each row starts with none
            float decibels = 0, similarity = 0;
            original(ref first);
            path(ref name);
            reconstruction(ref second);
            psnr(ref decibels);
            ssim(ref similarity);
            yield return new(name.ToString(), first, second, decibels, similarity);
        }
    }

    private IEstimator<ITransformer> Chain(MLContext context)
    {
        IEstimator<ITransformer> chain = context.Transforms.LoadImageFiles(new LoadImageFilesOptions
        {
            OutputColumnName = "Image",
            InputColumnName = "Path",
            MaximumPixels = MaximumPixels,
        });
        if (Size is { } size)
            chain = chain.Append(context.Transforms.ResizeImagesAntialiased("Image", size, size, fit: Fit));
        return chain
            .Append(context.Transforms.ReconstructImages(Model, new ReconstructImagesOptions
            {
                OutputColumnName = "Reconstruction",
                InputColumnName = "Image",
                BatchSize = BatchSize,
                Sides = ImageSides.PadToMultiple,
            }))
            .Append(context.Transforms.ScoreImageQuality("Image", "Reconstruction"));
    }
}
