using LdmMl.Decoding;
using LdmMl.Schemas;
using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>Makes a <see cref="DecodeLatentsTransformer"/>; nothing is learnt.</summary>
public sealed class DecodeLatentsEstimator : IEstimator<DecodeLatentsTransformer>
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

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The column is missing, or its type does not fit.</exception>
    public DecodeLatentsTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        DecodingColumns.Describe(input.Schema, _autoencoder.Config, _options);
        return new DecodeLatentsTransformer(_environment, _autoencoder, _options);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The column is missing, or its type does not fit.</exception>
    /// <remarks>A SchemaShape says of a vector that it has a size, not which: the images promised here have none; the transformer's have.</remarks>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        DecodingColumns.Latent(_options).Find(inputSchema);
        return SchemaShapes.With(inputSchema, (_options.OutputColumnName, new ImageDataViewType()));
    }
}
