using LdmMl.Decoding;
using LdmMl.Schemas;
using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>Makes a <see cref="DecodeLatentsTransformer"/>; nothing is learnt.</summary>
public sealed class DecodeLatentsEstimator : RowEstimator<DecodeLatentsTransformer>
{
    private readonly IHostEnvironment _environment;
    private readonly AutoencoderModel _autoencoder;
    private readonly DecodeLatentsOptions _options;

    internal DecodeLatentsEstimator(IHostEnvironment environment, AutoencoderModel autoencoder, DecodeLatentsOptions options)
    {
        ArgumentNullException.ThrowIfNull(autoencoder);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (_environment, _autoencoder, _options) = (environment, autoencoder, options);
    }

    private protected override RowColumns Columns => new DecodingColumns(_autoencoder.Config, _options);

    private protected override DecodeLatentsTransformer Create() => new(_environment, _autoencoder, _options);
}
