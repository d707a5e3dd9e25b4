using LdmMl.Interpolation;
using LdmMl.Schemas;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>Makes an <see cref="InterpolateLatentsTransformer"/>; nothing is learnt.</summary>
public sealed class InterpolateLatentsEstimator : RowEstimator<InterpolateLatentsTransformer>
{
    private readonly IHostEnvironment environment;
    private readonly InterpolateLatentsOptions options;

    internal InterpolateLatentsEstimator(IHostEnvironment environment, InterpolateLatentsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (this.environment, this.options) = (environment, options);
    }

    private protected override RowColumns Columns => new InterpolationColumns(options);

    private protected override InterpolateLatentsTransformer Create() => new(environment, options);
}
