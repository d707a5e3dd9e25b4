using LdmMl.Schemas;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Tensors;
using Microsoft.ML;

namespace LdmMl;

/// <summary>
/// Options of <see cref="LdmMlCatalog.ScorePerceptualDistance(TransformsCatalog, PerceptualModel, ScorePerceptualDistanceOptions)"/>.
/// </summary>
public sealed record ScorePerceptualDistanceOptions : ModelTransformOptions
{
    /// <summary>Gets the name of the column of references.</summary>
    /// <remarks>
    /// A reference with the same pixels as in the previous row is not computed again: consecutive rows that score many candidates against
    /// one reference cost little more than half.
    /// </remarks>
    public required string ReferenceColumnName { get; init; }

    /// <summary>Gets the name of the column of images to score, each of its reference's size.</summary>
    public required string CandidateColumnName { get; init; }

    /// <summary>Gets the name of the column of distances to append: Single, 0 for equal images.</summary>
    /// <value>Default: <c>PerceptualDistance</c>.</value>
    public string OutputColumnName { get; init; } = "PerceptualDistance";

    /// <summary>
    /// Gets the name of a column of distances by layer to append: Vector&lt;Single, layers&gt;, whose slots are named after the layers.
    /// </summary>
    /// <value>Default: null, none.</value>
    public string? LayersColumnName { get; init; }

    /// <summary>
    /// Gets the name of a column of maps to append that show where the images differ: Vector&lt;Single, 1, H, W&gt;, of variable size if the
    /// size of the images is not known.
    /// </summary>
    /// <value>Default: null, none.</value>
    public string? MapColumnName { get; init; }

    /// <summary>Gets the colour behind transparent pixels of both images.</summary>
    /// <value>Default: white.</value>
    public PixelColor Background { get; init; } = PixelColor.White;

    internal ComparedColumns Compared => new(ReferenceColumnName, CandidateColumnName);

    internal override void Validate()
    {
        ColumnNames.Require(ReferenceColumnName);
        ColumnNames.Require(CandidateColumnName);
        ColumnNames.Require(OutputColumnName);
        ColumnNames.Optional(LayersColumnName);
        ColumnNames.Optional(MapColumnName);
        ColumnNames.Distinct(
            (nameof(OutputColumnName), OutputColumnName), (nameof(LayersColumnName), LayersColumnName), (nameof(MapColumnName), MapColumnName));
        base.Validate();
    }
}
