using LdmMl.Schemas;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Models;
using LdmMl.Torch.Models.Text;
using Microsoft.ML;

namespace LdmMl;

/// <summary>Options of <see cref="GenerationTransforms.EncodeText(TransformsCatalog, TextEncoderModel, EncodeTextOptions)"/>.</summary>
public sealed record EncodeTextOptions : ModelTransformOptions
{
    /// <summary>Gets the name of the column of tokens to append: Vector&lt;Single, tokens, width&gt;.</summary>
    public required string OutputColumnName { get; init; }

    /// <summary>Gets the name of the text column to read.</summary>
    /// <value>Default: null, <see cref="OutputColumnName"/>.</value>
    public string? InputColumnName { get; init; }

    /// <summary>Gets the name of a column to append for the vector of each text as a whole: Vector&lt;Single, width&gt;, features for any trainer.</summary>
    /// <value>Default: null, none.</value>
    public string? PooledColumnName { get; init; }

    internal string InputName => InputColumnName ?? OutputColumnName;

    internal override void Validate()
    {
        ColumnNames.Require(OutputColumnName);
        ColumnNames.Optional(InputColumnName);
        ColumnNames.Optional(PooledColumnName);
        Check.That(PooledColumnName != OutputColumnName, PooledColumnName, $"{nameof(OutputColumnName)} is the same; give another name");
        Check.That(Convolutions is null, Convolutions, "a text encoder has no convolutions; leave it out");
        Check.That(Precision is null or ModelPrecision.Float32, Precision, $"a text encoder computes in {ModelPrecision.Float32}; leave it out");
        base.Validate();
    }

    internal void Validate(TextEncoderModel encoder)
    {
        Validate();
        Check.That(
            PooledColumnName is null || encoder.PooledWidth is not null, PooledColumnName,
            $"{encoder.Source} has no vector of a text as a whole, so it must be null");
    }
}
