using LdmMl.Schemas;
using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML;

namespace LdmMl;

/// <summary>Options of <see cref="AutoencoderTransforms.DecodeLatents(TransformsCatalog, AutoencoderModel, DecodeLatentsOptions)"/>.</summary>
public sealed record DecodeLatentsOptions : ModelTransformOptions
{
    /// <summary>Gets the name of the image column to append.</summary>
    public required string OutputColumnName { get; init; }

    /// <summary>Gets the name of the column of latents to read.</summary>
    /// <value>Default: null, <see cref="OutputColumnName"/>.</value>
    public string? InputColumnName { get; init; }

    internal string InputName => InputColumnName ?? OutputColumnName;

    internal override void Validate()
    {
        ColumnNames.Require(OutputColumnName);
        ColumnNames.Optional(InputColumnName);
        base.Validate();
    }
}
