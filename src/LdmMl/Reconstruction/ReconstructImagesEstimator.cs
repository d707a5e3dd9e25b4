using LdmMl.Reconstruction;
using LdmMl.Schemas;
using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>Makes a <see cref="ReconstructImagesTransformer"/>; nothing is learnt.</summary>
public sealed class ReconstructImagesEstimator : RowEstimator<ReconstructImagesTransformer>
{
    private readonly IHostEnvironment environment;
    private readonly AutoencoderModel autoencoder;
    private readonly ReconstructImagesOptions options;

    internal ReconstructImagesEstimator(IHostEnvironment environment, AutoencoderModel autoencoder, ReconstructImagesOptions options)
    {
        ArgumentNullException.ThrowIfNull(autoencoder);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (this.environment, this.autoencoder, this.options) = (environment, autoencoder, options);
    }

    private protected override RowColumns Columns => new ReconstructionColumns(autoencoder.Config, options);

    private protected override ReconstructImagesTransformer Create() => new(environment, autoencoder, options);
}
