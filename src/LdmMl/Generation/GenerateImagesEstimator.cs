using LdmMl.Generation;
using LdmMl.Schemas;
using LdmMl.Torch.Generation;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>Makes a <see cref="GenerateImagesTransformer"/>; nothing is learnt.</summary>
public sealed class GenerateImagesEstimator : RowEstimator<GenerateImagesTransformer>
{
    private readonly IHostEnvironment environment;
    private readonly LatentDiffusionModel model;
    private readonly GenerateImagesOptions options;

    internal GenerateImagesEstimator(IHostEnvironment environment, LatentDiffusionModel latentDiffusion, GenerateImagesOptions options)
    {
        ArgumentNullException.ThrowIfNull(latentDiffusion);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        GenerationRules.Check(options, latentDiffusion);
        (this.environment, model, this.options) = (environment, latentDiffusion, options);
    }

    private protected override RowColumns Columns => new GenerationColumns(model.Config, model.Autoencoder.Config, options);

    private protected override GenerateImagesTransformer Create() => new(environment, model, options);
}
