using LdmMl.Generation;
using LdmMl.Internals;
using LdmMl.Torch.Generation;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>Appends images that are generated from the rows' seeds, and their latents where the options name a column for them.</summary>
public sealed class GenerateImagesTransformer : LatentDiffusionTransformer, IStoredTransformer<GenerateImagesTransformer>
{
    internal GenerateImagesTransformer(IHostEnvironment environment, LatentDiffusionModel model, GenerateImagesOptions options)
        : base(environment, nameof(GenerateImagesTransformer), model, options)
    {
    }

    static StoredModelKind IStoredTransformer<GenerateImagesTransformer>.Kind { get; }
        = new("LDM GENE", "LdmMlGenerateImages", StoredModelKind.WithConvolutions);

    internal override StoredModelKind StoredKind => StoredKindOf<GenerateImagesTransformer>();

    static GenerateImagesTransformer IStoredTransformer<GenerateImagesTransformer>.Read(IHostEnvironment environment, ModelReader reader)
    {
        var options = StoredGeneration.ReadOptions(reader);
        return StoredGeneration.ReadModel(reader, model => new GenerateImagesTransformer(environment, model, options));
    }
}
