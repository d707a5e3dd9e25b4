using LdmMl.Schemas;
using LdmMl.Scoring;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>Makes a <see cref="ScoreImageQualityTransformer"/>; nothing is learnt.</summary>
public sealed class ScoreImageQualityEstimator : RowEstimator<ScoreImageQualityTransformer>
{
    private readonly IHostEnvironment environment;
    private readonly ScoreImageQualityOptions options;

    internal ScoreImageQualityEstimator(IHostEnvironment environment, ScoreImageQualityOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (this.environment, this.options) = (environment, options);
    }

    private protected override RowColumns Columns => new QualityColumns(options);

    private protected override ScoreImageQualityTransformer Create() => new(environment, options);
}
