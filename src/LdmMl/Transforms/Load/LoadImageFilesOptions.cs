using System.Text.Json.Serialization;
using LdmMl.Schemas;
using LdmMl.Torch.Arguments;

namespace LdmMl;

/// <summary>Options of <see cref="LdmMlCatalog.LoadImageFiles(Microsoft.ML.TransformsCatalog, LoadImageFilesOptions)"/>.</summary>
public sealed record LoadImageFilesOptions
{
    /// <summary>Gets the name of the image column to append.</summary>
    public required string OutputColumnName { get; init; }

    /// <summary>Gets the name of the column of paths, text.</summary>
    /// <value>Default: null, <see cref="OutputColumnName"/>.</value>
    public string? InputColumnName { get; init; }

    /// <summary>Gets the folder that relative paths start from.</summary>
    /// <value>Default: null, the current folder.</value>
    public string? ImageFolder { get; init; }

    /// <summary>Gets what happens when a file cannot be read.</summary>
    /// <value>Default: <see cref="ImageFileErrors.Throw"/>.</value>
    public ImageFileErrors Errors { get; init; } = ImageFileErrors.Throw;

    /// <summary>
    /// Gets the most pixels that an image may have, width times height; at least 1. Larger ones are refused before they are decoded.
    /// </summary>
    /// <value>Default: <see cref="ImageFile.DefaultMaximumPixels"/>.</value>
    public long MaximumPixels { get; init; } = ImageFile.DefaultMaximumPixels;

    /// <summary>Gets the token that cancels the reading of rows.</summary>
    /// <value>Default: no cancellation. The token is not stored in a model file.</value>
    [JsonIgnore]
    public CancellationToken CancellationToken { get; init; }

    internal string InputName => InputColumnName ?? OutputColumnName;

    internal void Validate()
    {
        ColumnNames.Require(OutputColumnName);
        ColumnNames.Optional(InputColumnName);
        Check.Defined(Errors);
        Check.AtLeast(MaximumPixels, 1);
    }
}
