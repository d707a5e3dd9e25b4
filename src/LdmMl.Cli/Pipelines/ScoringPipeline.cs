using LdmMl.Cli.Output;
using LdmMl.Torch.Models.Perceptual;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Cli.Pipelines;

/// <summary>Load both images, score.</summary>
internal sealed record ScoringPipeline
{
    // Errors name these columns, so they are called as the options are.
    private const string Reference = "reference", Candidate = "candidate";

    /// <summary>Gets what measures how different images look; null for PSNR and SSIM alone.</summary>
    public PerceptualModel? Perceptual { get; init; }

    public int BatchSize { get; init; } = 8;

    /// <summary>Gets the most pixels that an image may have.</summary>
    public long MaximumPixels { get; init; } = ImageFile.DefaultMaximumPixels;

    /// <summary>Scores pairs one after the other, lazily.</summary>
    /// <param name="pairs">The files.</param>
    public IEnumerable<ImageScore> Run(IEnumerable<ImagePair> pairs)
    {
        var context = new MLContext();
        var data = context.Data.LoadFromEnumerable(pairs);
        using var transformer = (IDisposable)Chain(context).Fit(data);
        var view = ((ITransformer)transformer).Transform(data);

        var wanted = view.Schema.Where(column => column.Name is nameof(ImagePair.Name) or "Psnr" or "Ssim" or "PerceptualDistance");
        using var cursor = view.GetRowCursor(wanted);
        var name = cursor.GetGetter<ReadOnlyMemory<char>>(view.Schema[nameof(ImagePair.Name)]);
        var psnr = cursor.GetGetter<float>(view.Schema["Psnr"]);
        var ssim = cursor.GetGetter<float>(view.Schema["Ssim"]);
        var distance = Perceptual is null ? null : cursor.GetGetter<float>(view.Schema["PerceptualDistance"]);
        while (cursor.MoveNext())
        {
            ReadOnlyMemory<char> text = default;
            float decibels = 0, similarity = 0, difference = 0;
            psnr(ref decibels);
            name(ref text);
            ssim(ref similarity);
            distance?.Invoke(ref difference);
            yield return new(text.ToString(), decibels, similarity, Perceptual is null ? null : difference);
        }
    }

    private LoadImageFilesOptions Loading(string image, string path) =>
        new() { OutputColumnName = image, InputColumnName = path, MaximumPixels = MaximumPixels };

    private IEstimator<ITransformer> Chain(MLContext context)
    {
        IEstimator<ITransformer> chain = context.Transforms.LoadImageFiles(Loading(Reference, nameof(ImagePair.Reference)))
            .Append(context.Transforms.LoadImageFiles(Loading(Candidate, nameof(ImagePair.Candidate))));
        if (Perceptual is { } model)
        {
            chain = chain.Append(context.Transforms.ScorePerceptualDistance(model, new ScorePerceptualDistanceOptions
            {
                ReferenceColumnName = Reference, CandidateColumnName = Candidate, BatchSize = BatchSize,
            }));
        }

        return chain.Append(context.Transforms.ScoreImageQuality(Reference, Candidate));
    }
}
