using LdmMl.Schemas;
using LdmMl.Scoring.Perceptual;
using LdmMl.Torch.Models.Perceptual;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>Makes a <see cref="ScorePerceptualDistanceTransformer"/>; nothing is learnt.</summary>
public sealed class ScorePerceptualDistanceEstimator : RowEstimator<ScorePerceptualDistanceTransformer>
{
    private readonly IHostEnvironment environment;
    private readonly PerceptualModel model;
    private readonly ScorePerceptualDistanceOptions options;

    internal ScorePerceptualDistanceEstimator(IHostEnvironment environment, PerceptualModel perceptualModel, ScorePerceptualDistanceOptions options)
    {
        ArgumentNullException.ThrowIfNull(perceptualModel);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (this.environment, model, this.options) = (environment, perceptualModel, options);
    }

    private protected override RowColumns Columns => new PerceptualColumns(new PerceptualSettings(model), options);

    private protected override ScorePerceptualDistanceTransformer Create() => new(environment, model, options);
}
