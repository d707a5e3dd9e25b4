using LdmMl.Decoding;
using LdmMl.Schemas;
using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>Makes a <see cref="DecodeLatentsTransformer"/>; nothing is learnt.</summary>
public sealed class DecodeLatentsEstimator : RowEstimator<DecodeLatentsTransformer>
{
    private readonly IHostEnvironment environment;
    private readonly AutoencoderModel autoencoder;
    private readonly DecodeLatentsOptions options;

    internal DecodeLatentsEstimator(IHostEnvironment environment, AutoencoderModel autoencoder, DecodeLatentsOptions options)
    {
        ArgumentNullException.ThrowIfNull(autoencoder);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (this.environment, this.autoencoder, this.options) = (environment, autoencoder, options);
    }

    private protected override RowColumns Columns => new DecodingColumns(autoencoder.Config, options);

    private protected override DecodeLatentsTransformer Create() => new(environment, autoencoder, options);
}
