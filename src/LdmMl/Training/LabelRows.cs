using LdmMl.Schemas;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Training;

/// <summary>Collects the labels of training rows.</summary>
/// <param name="column">The name of the column.</param>
internal sealed class LabelRows(string column) : IConditionRows
{
    private readonly List<RowLabel> training = [], validation = [];
    private LabelColumn? labels;

    public DataViewSchema.Column Find(DataViewSchema schema) => new ColumnNeed(column, ColumnContent.Label).Find(schema);

    public void Open(DataViewRow row) => labels = new LabelColumn(row, Find(row.Schema));

    public void Add(long row, bool isValidation)
    {
        var label = labels!.Read();
        if (label.IsMissing)
            throw new ArgumentException($"Row {row} has no label in column '{column}'. Filter rows without a label before training.");
        (isValidation ? validation : training).Add(label);
    }

    /// <summary>Joins the training images and the labels that were collected with them.</summary>
    /// <param name="images">The images of the training rows.</param>
    /// <returns>
    /// Images with names in the order of their keys, or in alphabetical order if they are text; without names if labels are numbers.
    /// </returns>
    public LabeledImages Training(IImageSet images)
    {
        var names = !labels!.HasNames
            ? null : labels.KeyNames ?? [.. training.Select(label => label.Name!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return new LabeledImages(images, Numbers(training, names), names);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A label does not occur in training.</exception>
    public LabeledImages Validation(IImageSet images, LabeledImages learned) => Joined(images, validation, learned.LabelNames);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A label does not occur in training.</exception>
    public LabeledImages AllForValidation(IImageSet images, LabeledImages learned) => Joined(images, training, learned.LabelNames);

    private LabeledImages Joined(IImageSet images, List<RowLabel> rows, IReadOnlyList<string>? names) => new(images, Numbers(rows, names), names);

    private int[] Numbers(List<RowLabel> rows, IReadOnlyList<string>? names)
    {
        var known = names is null ? null : new LabelConditioning { Count = names.Count, Names = names };
        return [.. rows.Select(label => label switch
        {
            { Name: { } name } when known?.Find(name) is { } index => index,
            { Number: { } number } when known is null && number is >= int.MinValue and <= int.MaxValue => (int)number,
            _ => throw new ArgumentException(
                $"Column '{column}' holds the label '{label.Name ?? $"{label.Number}"}' in the validation rows, but no training row has it."),
        })];
    }
}
