using LdmMl.Generation;
using LdmMl.Schemas;
using LdmMl.Torch.Generation;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>Makes a <see cref="GenerateImagesTransformer"/>; nothing is learnt.</summary>
public sealed class GenerateImagesEstimator : RowEstimator<GenerateImagesTransformer>
{
    private readonly IHostEnvironment _environment;
    private readonly LatentDiffusionModel _model;
    private readonly GenerateImagesOptions _options;

    internal GenerateImagesEstimator(IHostEnvironment environment, LatentDiffusionModel latentDiffusion, GenerateImagesOptions options)
    {
        ArgumentNullException.ThrowIfNull(latentDiffusion);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        GenerationRules.Check(options, latentDiffusion);
        (_environment, _model, _options) = (environment, latentDiffusion, options);
    }

    private protected override RowColumns Columns => new GenerationColumns(_model.Config, _model.Autoencoder.Config, _options);

    private protected override GenerateImagesTransformer Create() => new(_environment, _model, _options);
}
