using LdmMl.Torch.Tensors;

namespace LdmMl.Evaluation;

/// <summary>The smallest and the largest image of a set, by pixels.</summary>
internal sealed class ImageSizes
{
    private ImageSize? _smallest, _largest;

    public void Add(ImageSize size)
    {
        if (_smallest is not { } smallest || Pixels(size) < Pixels(smallest))
            _smallest = size;
        if (_largest is not { } largest || Pixels(size) > Pixels(largest))
            _largest = size;
    }

    public void Merge(ImageSizes other)
    {
        foreach (ImageSize? size in new[] { other._smallest, other._largest })
        {
            if (size is { } seen)
                Add(seen);
        }
    }

    /// <summary>Says what sizes that differ do to distances, or null where all images of both sets have one size.</summary>
    public static string? Warning(ImageSizes first, ImageSizes second)
    {
        var all = new ImageSizes();
        all.Merge(first);
        all.Merge(second);
        return all._smallest == all._largest
            ? null
            : $"The images have several sizes, from {all._smallest} to {all._largest}: how they are brought to one moves the distances. "
                + "Put ResizeImagesAntialiased before, for both sets alike.";
    }

    private static long Pixels(ImageSize size) => (long)size.Width * size.Height;
}
