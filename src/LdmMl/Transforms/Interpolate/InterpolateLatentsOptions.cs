using System.Text.Json.Serialization;
using LdmMl.Schemas;
using LdmMl.Torch.Arguments;

namespace LdmMl;

/// <summary>
/// Options of <see cref="LdmMlCatalog.InterpolateLatents(Microsoft.ML.TransformsCatalog, InterpolateLatentsOptions)"/>.
/// </summary>
public sealed record InterpolateLatentsOptions
{
    /// <summary>Gets the name of the latent column to append.</summary>
    public required string OutputColumnName { get; init; }

    /// <summary>Gets the name of the column of latents at fraction 0.</summary>
    public required string FirstColumnName { get; init; }

    /// <summary>Gets the name of the column of latents at fraction 1, of the same shape.</summary>
    public required string SecondColumnName { get; init; }

    /// <summary>Gets the position between the first latent (0) and the second (1), the same for all rows.</summary>
    /// <value>Default: 0.5. Used if <see cref="FractionColumnName"/> is null.</value>
    public double Fraction { get; init; } = 0.5;

    /// <summary>Gets the name of a column of fractions (Single, from 0 to 1), one for each row.</summary>
    /// <value>Default: null, <see cref="Fraction"/> for all rows.</value>
    public string? FractionColumnName { get; init; }

    /// <summary>Gets the token that cancels the reading of rows.</summary>
    /// <value>Default: no cancellation. The token is not stored in a model file.</value>
    [JsonIgnore]
    public CancellationToken CancellationToken { get; init; }

    internal void Validate()
    {
        ColumnNames.Require(OutputColumnName);
        ColumnNames.Require(FirstColumnName);
        ColumnNames.Require(SecondColumnName);
        ColumnNames.Optional(FractionColumnName);
        Check.That(Fraction is >= 0 and <= 1, Fraction, "it must be between 0 (the first latent) and 1 (the second)");
    }
}
