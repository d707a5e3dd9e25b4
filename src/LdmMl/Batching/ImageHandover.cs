using Microsoft.ML.Data;

namespace LdmMl.Batching;

/// <summary>
/// Hands images to the destination of one getter, and disposes the one that it handed over before. An image of anybody else's that
/// comes back as the destination, such as the user's own from memory, is left alone.
/// </summary>
internal sealed class ImageHandover
{
    private MLImage? last;

    public void Give(ref MLImage? destination, MLImage? image)
    {
        if (destination is not null && ReferenceEquals(destination, last))
            destination.Dispose();
        destination = last = image;
    }
}
