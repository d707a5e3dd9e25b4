using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Batching;

/// <summary>Buffers images by copying their pixels.</summary>
/// <remarks>
/// ML.NET's resizer hands out its source where the size fits already, and its loader disposes that image on the next row, whoever
/// holds it. For the same reason an image that came from a getter is never disposed here.
/// </remarks>
internal sealed class ImageBuffer(ValueGetter<MLImage> source, int capacity) : ColumnBuffer
{
    private readonly MLImage?[] values = new MLImage?[capacity];
    private MLImage? current;

    public override void Read(int slot)
    {
        source(ref current!);
        values[slot]?.Dispose();
        values[slot] = MlImageCopy.Of(current);
    }

    public override Delegate MakeGetter(Func<int?> slot)
    {
        var handover = new ImageHandover();
        return (ValueGetter<MLImage?>)((ref MLImage? destination) =>
        {
            if (slot() is { } buffered)
                handover.Give(ref destination, MlImageCopy.Of(values[buffered]));
            else
                source(ref destination!);
        });
    }

    public override void Dispose()
    {
        foreach (var image in values)
            image?.Dispose();
        Array.Clear(values);
    }
}
