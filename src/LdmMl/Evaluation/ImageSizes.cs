using LdmMl.Torch.Tensors;

namespace LdmMl.Evaluation;

/// <summary>The smallest and the largest image of a set, by pixels.</summary>
internal sealed class ImageSizes
{
    private ImageSize? smallest, largest;

    public void Add(ImageSize size)
    {
        if (this.smallest is not { } smallest || Pixels(size) < Pixels(smallest))
            this.smallest = size;
        if (this.largest is not { } largest || Pixels(size) > Pixels(largest))
            this.largest = size;
    }

    public void Merge(ImageSizes other)
    {
        foreach (var size in new[] { other.smallest, other.largest })
        {
            if (size is { } seen)
                Add(seen);
        }
    }

    /// <summary>Warns that differing sizes affect distances; null if all images of both sets have one size.</summary>
    public static string? Warning(ImageSizes first, ImageSizes second)
    {
        var all = new ImageSizes();
        all.Merge(first);
        all.Merge(second);
        return all.smallest == all.largest
            ? null
            : $"The images have several sizes, from {all.smallest} to {all.largest}: the distances depend on how they are resized. "
                + "Use ResizeImagesAntialiased first, in the same way for both sets.";
    }

    private static long Pixels(ImageSize size) => (long)size.Width * size.Height;
}
