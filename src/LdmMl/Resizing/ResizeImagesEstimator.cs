using LdmMl.Schemas;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;

namespace LdmMl;

/// <summary>Makes a <see cref="ResizeImagesTransformer"/>; nothing is learnt.</summary>
public sealed class ResizeImagesEstimator : IEstimator<ResizeImagesTransformer>
{
    private readonly IHostEnvironment _environment;
    private readonly ResizeImagesOptions _options;

    internal ResizeImagesEstimator(IHostEnvironment environment, ResizeImagesOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (_environment, _options) = (environment, options);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The column is missing, or holds no images.</exception>
    public ResizeImagesTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var transformer = new ResizeImagesTransformer(_environment, _options);
        transformer.DescribeOutputs(input.Schema);
        return transformer;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The column is missing, or holds no images.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        new ColumnNeed(_options.InputName, ColumnContent.Image).Find(inputSchema);
        return SchemaShapes.With(inputSchema, (_options.OutputColumnName, new ImageDataViewType(_options.Height, _options.Width)));
    }
}
