using LdmMl.Schemas;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;

namespace LdmMl;

/// <summary>Makes a <see cref="LoadImageFilesTransformer"/>; nothing is learnt.</summary>
public sealed class LoadImageFilesEstimator : IEstimator<LoadImageFilesTransformer>
{
    private readonly IHostEnvironment _environment;
    private readonly LoadImageFilesOptions _options;

    internal LoadImageFilesEstimator(IHostEnvironment environment, LoadImageFilesOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (_environment, _options) = (environment, options);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The column is missing, or is not text.</exception>
    public LoadImageFilesTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var transformer = new LoadImageFilesTransformer(_environment, _options);
        transformer.DescribeOutputs(input.Schema);
        return transformer;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The column is missing, or is not text.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        new ColumnNeed(_options.InputName, ColumnContent.Text).Find(inputSchema);
        return SchemaShapes.With(inputSchema, (_options.OutputColumnName, new ImageDataViewType()));
    }
}
