using LdmMl.Reconstruction;
using LdmMl.Schemas;
using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>Makes a <see cref="ReconstructImagesTransformer"/>; nothing is learnt.</summary>
public sealed class ReconstructImagesEstimator : RowEstimator<ReconstructImagesTransformer>
{
    private readonly IHostEnvironment _environment;
    private readonly AutoencoderModel _autoencoder;
    private readonly ReconstructImagesOptions _options;

    internal ReconstructImagesEstimator(IHostEnvironment environment, AutoencoderModel autoencoder, ReconstructImagesOptions options)
    {
        ArgumentNullException.ThrowIfNull(autoencoder);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (_environment, _autoencoder, _options) = (environment, autoencoder, options);
    }

    private protected override RowColumns Columns => new ReconstructionColumns(_autoencoder.Config, _options);

    private protected override ReconstructImagesTransformer Create() => new(_environment, _autoencoder, _options);
}
