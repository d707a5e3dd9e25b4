using System.Globalization;
using LdmMl.Torch.Tensors;

namespace LdmMl.Torch.Models;

/// <summary>Thrown when images take more memory in a network than is free. Callers know it as an <see cref="InvalidOperationException"/>.</summary>
internal sealed class WorkingMemoryException : InvalidOperationException
{
    /// <summary>Initializes a new instance of the <see cref="WorkingMemoryException"/> class.</summary>
    /// <param name="network">The name of the network in messages.</param>
    /// <param name="size">The size of the images.</param>
    /// <param name="images">How many were to pass at once.</param>
    /// <param name="needed">The bytes that they take.</param>
    /// <param name="available">The bytes that are free.</param>
    /// <param name="fitting">How many would fit.</param>
    public WorkingMemoryException(string network, ImageSize size, int images, long needed, long available, int fitting)
        : base(Need(network, size, images, needed, available) + (fitting > 0
            ? $"Compute at most {fitting} at once (BatchSize of a transform), or make them smaller with ResizeImagesAntialiased."
            : "Make them smaller with ResizeImagesAntialiased (generated images: by Width and Height of the settings).")) =>
        (Shortage, Fitting) = (Need(network, size, images, needed, available), fitting);

    /// <summary>Gets what is missing, without what to do about it, which the tool says in its own words.</summary>
    public string Shortage { get; }

    /// <summary>Gets how many of the images would fit at once; 0 where not even one does.</summary>
    public int Fitting { get; }

    private static string Need(string network, ImageSize size, int images, long needed, long available) =>
        $"{(images == 1 ? $"An image of {size} takes" : $"{images} images of {size} at once take")} about {Gigabytes(needed)} of memory "
        + $"in the {network}, and {Gigabytes(available)} are free. ";

    private static string Gigabytes(long bytes) => $"{(bytes / 1e9).ToString("F1", CultureInfo.InvariantCulture)} GB";
}
