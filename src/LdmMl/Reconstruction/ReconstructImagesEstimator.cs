using LdmMl.Reconstruction;
using LdmMl.Schemas;
using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>Makes a <see cref="ReconstructImagesTransformer"/>; nothing is learnt.</summary>
public sealed class ReconstructImagesEstimator : IEstimator<ReconstructImagesTransformer>
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

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The column is missing, or its type does not fit.</exception>
    public ReconstructImagesTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        ReconstructionColumns.Describe(input.Schema, _autoencoder.Config, _options);
        return new ReconstructImagesTransformer(_environment, _autoencoder, _options);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The column is missing, or its type does not fit.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        SchemaShape.Column image = ReconstructionColumns.Image(_options).Find(inputSchema);
        return SchemaShapes.With(inputSchema, (_options.OutputColumnName, ReconstructionColumns.OutputType((ImageDataViewType)image.ItemType, _autoencoder.Config, _options)));
    }
}
