using LdmMl.Internals;
using LdmMl.Models;
using LdmMl.Rows;
using LdmMl.Schemas;
using LdmMl.Torch.Generation;
using LdmMl.Transforms.Generate;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>Makes a <see cref="GenerateImagesTransformer"/>. Nothing is trained: <c>Fit</c> only checks the schema.</summary>
public sealed class GenerateImagesEstimator : RowEstimator<GenerateImagesTransformer>
{
    internal GenerateImagesEstimator(IHostEnvironment environment, LatentDiffusionModel model, GenerateImagesOptions options)
        : base(
            new GenerateImagesColumns(model.Config, model.Autoencoder.Config, options),
            () => new GenerateImagesTransformer(environment, model, options))
    {
    }
}

/// <summary>Appends images that are generated from the rows' seeds, and their latents where the options name a column for them.</summary>
/// <remarks>
/// A row's image comes from its seed and from the row's conditions, and is the same to the last bit for every batch size, order and pass,
/// and however many threads read. (Another number of libtorch's own threads moves the last bits of latents.) Where an image to begin with, its mask,
/// or tokens are missing, the image is null and the latent NaN.
/// </remarks>
public sealed class GenerateImagesTransformer
    : RowTransformer, IStoredTransformer<GenerateImagesTransformer>, IModelHolder<LatentDiffusionModel>
{
    internal const string LoaderName = "LdmMlGenerateImages";

    private readonly ImageGenerator generator;

    internal GenerateImagesTransformer(IHostEnvironment environment, LatentDiffusionModel model, GenerateImagesOptions options)
        : base(environment, Kind, options.CancellationToken) =>
        generator = new ImageGenerator(environment, model, options, nameof(GenerateImagesTransformer), ThrowIfCanceled);

    internal static StoredModelKind Kind { get; } = new("LDM GENE", LoaderName);

    static StoredModelKind IStoredTransformer<GenerateImagesTransformer>.Kind => Kind;

    internal GenerateImagesOptions Options => generator.Options;

    internal LatentDiffusionModel Model => generator.Model;

    LatentDiffusionModel IModelHolder<LatentDiffusionModel>.Model => Model;

    internal override RowColumns Columns => generator.Columns;

    internal override RowComputer Computer => generator.Computer;

    static GenerateImagesTransformer IStoredTransformer<GenerateImagesTransformer>.Read(IHostEnvironment environment, ModelReader reader) =>
        ImageGenerator.Read(reader, (model, options) => new GenerateImagesTransformer(environment, model, options));

    private protected override void Write(ModelWriter writer) => generator.Write(writer);

    private protected override void Dispose(bool disposing)
    {
        if (disposing)
            generator.Dispose();
        base.Dispose(disposing);
    }
}
