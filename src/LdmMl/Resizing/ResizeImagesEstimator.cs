using LdmMl.Resizing;
using LdmMl.Schemas;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>Makes a <see cref="ResizeImagesTransformer"/>; nothing is learnt.</summary>
public sealed class ResizeImagesEstimator : RowEstimator<ResizeImagesTransformer>
{
    private readonly IHostEnvironment _environment;
    private readonly ResizeImagesOptions _options;

    internal ResizeImagesEstimator(IHostEnvironment environment, ResizeImagesOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (_environment, _options) = (environment, options);
    }

    private protected override RowColumns Columns => new ResizingColumns(_options);

    private protected override ResizeImagesTransformer Create() => new(_environment, _options);
}
