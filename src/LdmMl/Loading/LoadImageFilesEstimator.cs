using LdmMl.Loading;
using LdmMl.Schemas;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>Makes a <see cref="LoadImageFilesTransformer"/>; nothing is learnt.</summary>
public sealed class LoadImageFilesEstimator : RowEstimator<LoadImageFilesTransformer>
{
    private readonly IHostEnvironment environment;
    private readonly LoadImageFilesOptions options;

    internal LoadImageFilesEstimator(IHostEnvironment environment, LoadImageFilesOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (this.environment, this.options) = (environment, options);
    }

    private protected override RowColumns Columns => new LoadingColumns(options);

    private protected override LoadImageFilesTransformer Create() => new(environment, options);
}
