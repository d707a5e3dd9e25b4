using LdmMl.Internals;
using LdmMl.Models;
using LdmMl.Rows;
using LdmMl.Torch.Generation;
using LdmMl.Transforms;
using LdmMl.Transforms.Generate;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>Appends images that are generated from the rows' seeds, and their latents where the options name a column for them.</summary>
/// <remarks>
/// A row's image comes from its seed and from the row's conditions, and is the same to the last bit for every batch size, order and pass,
/// and however many threads read. (Another number of libtorch's own threads moves the last bits of latents.) Where an initial image, its mask,
/// or tokens are missing, the image is null and the latent NaN.
/// </remarks>
public sealed class GenerateImagesTransformer : ModelTransformer<LatentDiffusionModel>, IStoredTransformer<GenerateImagesTransformer>
{
    internal const string LoaderName = "LdmMlGenerateImages";

    internal GenerateImagesTransformer(IHostEnvironment environment, LatentDiffusionModel model, GenerateImagesOptions options)
        : base(environment, StoredModelKind.Of<GenerateImagesTransformer>(), model, options, held => new GenerateImagesColumns(held, options)) =>
        Options = options;

    static StoredModelKind IStoredTransformer<GenerateImagesTransformer>.Kind { get; } = new("LDM GENE", LoaderName);

    internal GenerateImagesOptions Options { get; }

    static GenerateImagesTransformer IStoredTransformer<GenerateImagesTransformer>.Read(IHostEnvironment environment, ModelReader reader)
    {
        var options = reader.ReadOptions(OptionsJson.Default.GenerateImagesOptions, PositionalOptions.ReadGeneration);
        return LatentDiffusionEntry.Read(reader, model => new GenerateImagesTransformer(environment, model, options));
    }

    private protected override BatchRunner CreateRunner(DataViewRow input, IReadOnlyList<bool> activeOutputs) =>
        new GenerateImagesRunner(Model.Share(), input, (GenerateImagesColumns)Columns, Options, activeOutputs, ThrowIfCanceled);

    private protected override void Write(ModelWriter writer)
    {
        writer.WriteOptions(AsRun(Options), OptionsJson.Default.GenerateImagesOptions);
        LatentDiffusionEntry.Write(writer, Model);
    }
}
