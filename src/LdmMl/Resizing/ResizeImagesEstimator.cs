using LdmMl.Resizing;
using LdmMl.Schemas;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>Makes a <see cref="ResizeImagesTransformer"/>; nothing is learnt.</summary>
public sealed class ResizeImagesEstimator : RowEstimator<ResizeImagesTransformer>
{
    private readonly IHostEnvironment environment;
    private readonly ResizeImagesOptions options;

    internal ResizeImagesEstimator(IHostEnvironment environment, ResizeImagesOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (this.environment, this.options) = (environment, options);
    }

    private protected override RowColumns Columns => new ResizingColumns(options);

    private protected override ResizeImagesTransformer Create() => new(environment, options);
}
