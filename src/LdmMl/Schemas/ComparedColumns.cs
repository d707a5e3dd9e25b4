using LdmMl.Torch.Tensors;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Schemas;

/// <summary>Two image columns that are compared row by row: both images of a row have one size.</summary>
internal sealed record ComparedColumns(string ReferenceName, string CandidateName)
{
    public ColumnNeed Reference { get; } = new(ReferenceName, ColumnContent.Image);

    public ColumnNeed Candidate { get; } = new(CandidateName, ColumnContent.Image);

    /// <exception cref="ArgumentException">The sizes that the columns declare differ.</exception>
    public void CheckTypes(DataViewType reference, DataViewType candidate)
    {
        if (ImageSizeRule.Declared((ImageDataViewType)reference) is { } first
            && ImageSizeRule.Declared((ImageDataViewType)candidate) is { } second
            && first != second)
        {
            throw new ArgumentException(
                $"Column '{ReferenceName}' holds images of {first} and column '{CandidateName}' images of {second}; resize both to one size.");
        }
    }

    /// <summary>Gets the size that one of the columns declares, or null if neither does.</summary>
    public static ImageSize? Declared(DataViewType reference, DataViewType candidate) =>
        ImageSizeRule.Declared((ImageDataViewType)reference) ?? ImageSizeRule.Declared((ImageDataViewType)candidate);

    /// <summary>Returns the size of both images of a row.</summary>
    /// <exception cref="InvalidDataException">The sizes differ.</exception>
    public ImageSize CheckRow(MLImage reference, MLImage candidate, long row)
    {
        var size = new ImageSize(reference.Width, reference.Height);
        var other = new ImageSize(candidate.Width, candidate.Height);
        return size == other
            ? size
            : throw RowError.Of(row,
                $"the image in column '{ReferenceName}' is {size} and the one in column '{CandidateName}' is {other}; " +
                "only images of one size can be compared.");
    }
}
