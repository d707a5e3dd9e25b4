using LdmMl.Autoencoders;
using LdmMl.Encoding;
using LdmMl.Schemas;
using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>Makes an <see cref="EncodeImagesTransformer"/>; nothing is learnt.</summary>
public sealed class EncodeImagesEstimator : IEstimator<EncodeImagesTransformer>
{
    private readonly IHostEnvironment _environment;
    private readonly AutoencoderModel _autoencoder;
    private readonly EncodeImagesOptions _options;

    internal EncodeImagesEstimator(IHostEnvironment environment, AutoencoderModel autoencoder, EncodeImagesOptions options)
    {
        ArgumentNullException.ThrowIfNull(autoencoder);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (options.SeedColumnName is not null && !autoencoder.Config.HasPosterior)
            throw new ArgumentException($"{autoencoder.Source} has no posterior to sample from: leave SeedColumnName null.", nameof(options));
        (_environment, _autoencoder, _options) = (environment, autoencoder, options);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A column is missing, or its type does not fit.</exception>
    public EncodeImagesTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        EncodingColumns.Describe(input.Schema, _autoencoder.Config, _options);
        return new EncodeImagesTransformer(_environment, _autoencoder, _options);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A column is missing, or its type does not fit.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        SchemaShape.Column image = EncodingColumns.Image(_options).Find(inputSchema);
        EncodingColumns.Seed(_options)?.Find(inputSchema);
        return SchemaShapes.With(inputSchema, (_options.OutputColumnName, EncodingColumns.LatentType((ImageDataViewType)image.ItemType, _autoencoder.Config, _options)));
    }
}
