using LdmMl.Interpolation;
using LdmMl.Schemas;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>Makes an <see cref="InterpolateLatentsTransformer"/>; nothing is learnt.</summary>
public sealed class InterpolateLatentsEstimator : RowEstimator<InterpolateLatentsTransformer>
{
    private readonly IHostEnvironment _environment;
    private readonly InterpolateLatentsOptions _options;

    internal InterpolateLatentsEstimator(IHostEnvironment environment, InterpolateLatentsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (_environment, _options) = (environment, options);
    }

    private protected override RowColumns Columns => new InterpolationColumns(_options);

    private protected override InterpolateLatentsTransformer Create() => new(_environment, _options);
}
