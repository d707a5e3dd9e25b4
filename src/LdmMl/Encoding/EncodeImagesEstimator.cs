using LdmMl.Encoding;
using LdmMl.Schemas;
using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>Makes an <see cref="EncodeImagesTransformer"/>; nothing is learnt.</summary>
public sealed class EncodeImagesEstimator : RowEstimator<EncodeImagesTransformer>
{
    private readonly IHostEnvironment environment;
    private readonly AutoencoderModel autoencoder;
    private readonly EncodeImagesOptions options;

    internal EncodeImagesEstimator(IHostEnvironment environment, AutoencoderModel autoencoder, EncodeImagesOptions options)
    {
        ArgumentNullException.ThrowIfNull(autoencoder);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (options.SeedColumnName is not null && !autoencoder.Config.HasPosterior)
            throw new ArgumentException($"{autoencoder.Source} has no posterior to sample from: leave SeedColumnName null.", nameof(options));
        (this.environment, this.autoencoder, this.options) = (environment, autoencoder, options);
    }

    private protected override RowColumns Columns => new EncodingColumns(autoencoder.Config, options);

    private protected override EncodeImagesTransformer Create() => new(environment, autoencoder, options);
}
