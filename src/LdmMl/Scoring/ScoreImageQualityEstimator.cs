using LdmMl.Schemas;
using LdmMl.Scoring;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>Makes a <see cref="ScoreImageQualityTransformer"/>; nothing is learnt.</summary>
public sealed class ScoreImageQualityEstimator : IEstimator<ScoreImageQualityTransformer>
{
    private readonly IHostEnvironment _environment;
    private readonly ScoreImageQualityOptions _options;

    internal ScoreImageQualityEstimator(IHostEnvironment environment, ScoreImageQualityOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (_environment, _options) = (environment, options);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A column is missing, holds no images, or their declared sizes differ.</exception>
    public ScoreImageQualityTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        QualityColumns.Check(input.Schema, _options);
        return new ScoreImageQualityTransformer(_environment, _options);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A column is missing, holds no images, or their declared sizes differ.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        QualityColumns.Check(inputSchema, _options);
        return SchemaShapes.With(inputSchema, QualityColumns.Outputs(_options));
    }
}
