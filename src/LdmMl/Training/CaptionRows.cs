using LdmMl.Rows;
using LdmMl.Schemas;
using LdmMl.Torch.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Training;

/// <summary>Collects the captions of training rows.</summary>
/// <param name="column">The name of the column: text, or vectors of text, one for each wording.</param>
internal sealed class CaptionRows(string column) : IConditionRows
{
    private readonly List<IReadOnlyList<string>> training = [], validation = [];
    private Func<string[]>? read;

    public DataViewSchema.Column Find(DataViewSchema schema) => new ColumnNeed(column, ColumnContent.Captions).Find(schema);

    public void Open(DataViewRow row) => read = Reader(row, Find(row.Schema));

    public void Add(long row, bool isValidation)
    {
        string[] wordings = [.. read!().Where(text => !string.IsNullOrWhiteSpace(text))];
        if (wordings.Length == 0)
            throw new ArgumentException($"Row {row} has no caption in column '{column}'. Filter rows without a caption before training.");
        (isValidation ? validation : training).Add(wordings);
    }

    public LabeledImages Training(IImageSet images) => new(images) { Captions = training };

    public LabeledImages Validation(IImageSet images, LabeledImages learned) => new(images) { Captions = validation };

    public LabeledImages AllForValidation(IImageSet images, LabeledImages learned) => Training(images);

    private static Func<string[]> Reader(DataViewRow row, DataViewSchema.Column found)
    {
        if (found.Type is VectorDataViewType)
        {
            var wordings = row.GetGetter<VBuffer<ReadOnlyMemory<char>>>(found);
            VBuffer<ReadOnlyMemory<char>> values = default;
            return () =>
            {
                wordings(ref values);
                return [.. values.DenseValues().Select(text => text.ToString())];
            };
        }

        var captions = new TextSource(row, found);
        return () => [captions.Read()];
    }
}
