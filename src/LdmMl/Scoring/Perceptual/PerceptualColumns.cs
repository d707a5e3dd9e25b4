using LdmMl.Autoencoders;
using LdmMl.Schemas;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Scoring.Perceptual;

/// <summary>
/// The columns of a perceptual distance: references and candidates in; distances, and what they are made of where it is wanted, out.
/// </summary>
internal sealed class PerceptualColumns(PerceptualSettings settings, ScorePerceptualDistanceOptions options) : RowColumns
{
    public ComparedColumns Compared { get; } = new(options.ReferenceColumnName, options.CandidateColumnName);

    /// <summary>Gets what the appended columns hold, in their order.</summary>
    public IReadOnlyList<PerceptualOutput> Contents { get; } =
    [
        PerceptualOutput.Distance,
        .. options.LayersColumnName is null ? Array.Empty<PerceptualOutput>() : [PerceptualOutput.Layers],
        .. options.MapColumnName is null ? Array.Empty<PerceptualOutput>() : [PerceptualOutput.Map],
    ];

    public override IReadOnlyList<ColumnNeed> Inputs => [Compared.Reference, Compared.Candidate];

    /// <exception cref="ArgumentException">The sizes that the columns declare differ, or are too small for the network.</exception>
    public override IReadOnlyList<DataViewSchema.DetachedColumn> Outputs(IReadOnlyList<DataViewType> inputs)
    {
        Compared.CheckTypes(inputs[0], inputs[1]);
        var size = DeclaredSize(inputs);
        if (size is { } declared && IsTooSmall(declared))
        {
            throw new ArgumentException(
                $"Columns '{options.ReferenceColumnName}' and '{options.CandidateColumnName}' hold images of {declared}; {SizeNeeded}");
        }

        return [.. Contents.Select(content => Describe(content, size))];
    }

    /// <summary>Gets the size that one of the columns declares, or null where both leave it open.</summary>
    public static ImageSize? DeclaredSize(IReadOnlyList<DataViewType> inputs) =>
        ImageSizeRule.Declared((ImageDataViewType)inputs[0]) ?? ImageSizeRule.Declared((ImageDataViewType)inputs[1]);

    /// <summary>Gives the size of both images of a row.</summary>
    /// <exception cref="InvalidDataException">They have two, another than the columns declare, or one too small for the network.</exception>
    public ImageSize CheckRow(MLImage reference, MLImage candidate, ImageSize? declared, long row)
    {
        var size = Compared.CheckRow(reference, candidate, row);
        if (declared is { } expected && size != expected)
        {
            throw new InvalidDataException(
                $"Row {row}: the columns say that their images are {expected}, and these are {size}. Put ResizeImagesAntialiased before.");
        }

        return IsTooSmall(size) ? throw new InvalidDataException($"Row {row}: the images are {size}; {SizeNeeded}") : size;
    }

    private string SizeNeeded =>
        $"{settings.Name} needs at least {settings.MinimumSize} pixels on each side. " +
           "Enlarge them with ResizeImagesAntialiased, or take a smaller network.";

    private bool IsTooSmall(ImageSize size) => Math.Min(size.Width, size.Height) < settings.MinimumSize;

    private DataViewSchema.DetachedColumn Describe(PerceptualOutput content, ImageSize? size) => content switch
    {
        PerceptualOutput.Layers => new(
            options.LayersColumnName!,
            new VectorDataViewType(NumberDataViewType.Single, settings.LayerNames.Count),
            settings.Annotations(settings.LayerNames)),
        PerceptualOutput.Map => new(
            options.MapColumnName!,
            new VectorDataViewType(NumberDataViewType.Single, 1, size?.Height ?? 0, size?.Width ?? 0),
            settings.Annotations()),
        _ => new(options.OutputColumnName, NumberDataViewType.Single, settings.Annotations()),
    };
}
