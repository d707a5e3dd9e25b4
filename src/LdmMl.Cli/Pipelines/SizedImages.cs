using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Cli.Pipelines;

/// <summary>Load, bring to one size.</summary>
internal sealed record SizedImages
{
    public required int Width { get; init; }

    public required int Height { get; init; }

    public ImageFit Fit { get; init; } = ImageFit.CropToFill;

    public bool SkipBrokenFiles { get; init; }

    /// <summary>Reads image files one after the other, lazily.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="warn">Gets the warnings of the pipeline, such as a file that was skipped.</param>
    /// <returns>
    /// The number of a file in the list, and its image, which lives until the next is asked for; null for a file that cannot be read and may
    /// be skipped.
    /// </returns>
    public IEnumerable<(int Index, MLImage? Image)> Read(IReadOnlyList<string> paths, Action<string> warn)
    {
        var context = new MLContext();
        context.Log += (_, log) =>
        {
            if (log.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning)
                warn(log.RawMessage);
        };
        var data = context.Data.LoadFromEnumerable(paths.Select(path => new ImagePath { Path = path }));
        var chain = context.Transforms.LoadImageFiles("Image", "Path", errors: SkipBrokenFiles ? ImageFileErrors.Missing : ImageFileErrors.Throw)
            .Append(context.Transforms.ResizeImagesAntialiased("Image", Width, Height, fit: Fit));
        using var transformer = chain.Fit(data);
        var view = transformer.Transform(data);

        using var cursor = view.GetRowCursor([view.Schema["Image"]]);
        var getter = cursor.GetGetter<MLImage>(view.Schema["Image"]);
        MLImage? image = null;
        for (var index = 0; cursor.MoveNext(); index++)
        {
            getter(ref image!);
            yield return (index, image);
        }

        image?.Dispose();
    }
}
