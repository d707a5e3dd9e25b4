using LdmMl.Autoencoders;
using LdmMl.Schemas;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Scoring;

/// <summary>The columns of scoring: originals and candidates in, two numbers out.</summary>
internal static class QualityColumns
{
    public static ColumnNeed Reference(ScoreImageQualityOptions options) => new(options.ReferenceColumnName, ColumnContent.Image);

    public static ColumnNeed Candidate(ScoreImageQualityOptions options) => new(options.CandidateColumnName, ColumnContent.Image);

    public static (string Name, DataViewType Type)[] Outputs(ScoreImageQualityOptions options)
        => [(options.PsnrColumnName, NumberDataViewType.Single), (options.SsimColumnName, NumberDataViewType.Single)];

    /// <exception cref="ArgumentException">A column is missing, holds no images, or their declared sizes differ.</exception>
    public static void Check(DataViewSchema input, ScoreImageQualityOptions options)
        => Check(Reference(options).Find(input).Type, Candidate(options).Find(input).Type, options);

    /// <exception cref="ArgumentException">A column is missing, holds no images, or their declared sizes differ.</exception>
    public static void Check(SchemaShape input, ScoreImageQualityOptions options)
        => Check(Reference(options).Find(input).ItemType, Candidate(options).Find(input).ItemType, options);

    private static void Check(DataViewType reference, DataViewType candidate, ScoreImageQualityOptions options)
    {
        if (ImageSizeRule.Declared((ImageDataViewType)reference) is { } first
            && ImageSizeRule.Declared((ImageDataViewType)candidate) is { } second
            && first != second)
        {
            throw new ArgumentException(
                $"Column '{options.ReferenceColumnName}' holds images of {first} and column '{options.CandidateColumnName}' images of {second}; bring both to one size.");
        }
    }
}
