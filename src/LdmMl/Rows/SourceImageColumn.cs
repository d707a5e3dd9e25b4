using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Rows;

/// <summary>An image column that passes through a cursor which reads ahead: the batches hold copies, and every getter copies those.</summary>
/// <remarks>
/// ML.NET's resizer passes its source on if it already has the right size, and its loader disposes that image on the next row, whoever
/// holds it. For the same reason an image that came from a getter is never disposed here.
/// </remarks>
internal sealed class SourceImageColumn(ValueGetter<MLImage> source, int index) : SourceColumn
{
    private readonly ImageSource images = new(source);

    public override ColumnBuffer CreateBuffer(int capacity) => new ImageBuffer(images, capacity);

    public override Delegate MakeGetter(Func<(RowBatch Batch, int Slot)?> buffered)
    {
        var transfer = new ImageTransfer();
        return (ValueGetter<MLImage?>)((ref MLImage? destination) =>
        {
            if (buffered() is var (batch, slot))
            {
                transfer.TakeBack(ref destination);
                destination = transfer.Give(((ImageBuffer)batch.Column(index)).Copy(slot));
            }
            else
            {
                source(ref destination!);
            }
        });
    }
}
