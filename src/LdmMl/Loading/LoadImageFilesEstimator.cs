using LdmMl.Loading;
using LdmMl.Schemas;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>Makes a <see cref="LoadImageFilesTransformer"/>; nothing is learnt.</summary>
public sealed class LoadImageFilesEstimator : RowEstimator<LoadImageFilesTransformer>
{
    private readonly IHostEnvironment _environment;
    private readonly LoadImageFilesOptions _options;

    internal LoadImageFilesEstimator(IHostEnvironment environment, LoadImageFilesOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (_environment, _options) = (environment, options);
    }

    private protected override RowColumns Columns => new LoadingColumns(_options);

    private protected override LoadImageFilesTransformer Create() => new(_environment, _options);
}
