using LdmMl.Schemas;
using LdmMl.Scoring.Perceptual;
using LdmMl.Torch.Models.Perceptual;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>Makes a <see cref="ScorePerceptualDistanceTransformer"/>; nothing is learnt.</summary>
public sealed class ScorePerceptualDistanceEstimator : RowEstimator<ScorePerceptualDistanceTransformer>
{
    private readonly IHostEnvironment _environment;
    private readonly PerceptualModel _model;
    private readonly ScorePerceptualDistanceOptions _options;

    internal ScorePerceptualDistanceEstimator(IHostEnvironment environment, PerceptualModel perceptualModel, ScorePerceptualDistanceOptions options)
    {
        ArgumentNullException.ThrowIfNull(perceptualModel);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (_environment, _model, _options) = (environment, perceptualModel, options);
    }

    private protected override RowColumns Columns => new PerceptualColumns(new PerceptualSettings(_model), _options);

    private protected override ScorePerceptualDistanceTransformer Create() => new(_environment, _model, _options);
}
