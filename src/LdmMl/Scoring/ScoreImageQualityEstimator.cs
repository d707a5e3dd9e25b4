using LdmMl.Schemas;
using LdmMl.Scoring;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>Makes a <see cref="ScoreImageQualityTransformer"/>; nothing is learnt.</summary>
public sealed class ScoreImageQualityEstimator : RowEstimator<ScoreImageQualityTransformer>
{
    private readonly IHostEnvironment _environment;
    private readonly ScoreImageQualityOptions _options;

    internal ScoreImageQualityEstimator(IHostEnvironment environment, ScoreImageQualityOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (_environment, _options) = (environment, options);
    }

    private protected override RowColumns Columns => new QualityColumns(_options);

    private protected override ScoreImageQualityTransformer Create() => new(_environment, _options);
}
