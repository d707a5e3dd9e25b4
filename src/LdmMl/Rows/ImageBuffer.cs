using LdmMl.Images;
using Microsoft.ML.Data;

namespace LdmMl.Rows;

/// <summary>Buffers images by copying their pixels.</summary>
internal sealed class ImageBuffer(ImageSource source, int capacity) : ColumnBuffer
{
    private readonly MLImage?[] values = new MLImage?[capacity];

    public override void Read(int slot)
    {
        var image = source.Read();
        values[slot]?.Dispose();
        values[slot] = MLImageCopy.Of(image);
    }

    /// <summary>Copies an image; the caller owns the copy. Null if it is missing.</summary>
    public MLImage? Copy(int slot) => MLImageCopy.Of(values[slot]);

    public override void Dispose()
    {
        foreach (var image in values)
            image?.Dispose();
        Array.Clear(values);
        base.Dispose();
    }
}
