using LdmMl.Torch.Tensors;

namespace LdmMl.Torch.Training;

/// <summary>Images in memory, as Channels * Height * Width bytes each.</summary>
/// <example>
/// <code>
/// var set = new ImageSet(width: 64, height: 64);
/// set.Add(new byte[64 * 64 * 3], PixelLayout.Rgb24);
/// Console.WriteLine(set.Count);
/// </code>
/// </example>
public sealed class ImageSet : IImageSet
{
    private readonly List<byte[]> images = [];
    private readonly float[] planes;

    /// <summary>Initializes an empty set.</summary>
    /// <param name="width">The width of every image in pixels.</param>
    /// <param name="height">The height of every image in pixels.</param>
    /// <param name="channels">3 for colour, 1 for grey.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not above 0, or there are neither 1 nor 3 channels.</exception>
    public ImageSet(int width, int height, int channels = 3)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        if (channels is not (1 or 3))
            throw new ArgumentOutOfRangeException(nameof(channels), channels, "Images have 3 channels, or 1 if they are grey.");
        (Width, Height, Channels) = (width, height, channels);
        planes = new float[checked(width * height * channels)];
    }

    /// <inheritdoc/>
    public int Count => images.Count;

    /// <inheritdoc/>
    public int Channels { get; }

    /// <inheritdoc/>
    public int Height { get; }

    /// <inheritdoc/>
    public int Width { get; }

    private PixelLayout Layout => Channels == 1 ? PixelLayout.Gray8 : PixelLayout.Rgb24;

    /// <summary>Adds a copy of one image.</summary>
    /// <param name="pixels">Interleaved pixels [Height, Width, bytes per pixel].</param>
    /// <param name="layout">The order of bytes in a pixel.</param>
    /// <param name="background">The colour behind transparent pixels; white unless given.</param>
    /// <exception cref="ArgumentException">The image does not have the size of the set.</exception>
    public void Add(ReadOnlySpan<byte> pixels, PixelLayout layout, PixelColor? background = null)
    {
        if (pixels.Length != (long)Width * Height * layout.BytesPerPixel())
        {
            throw new ArgumentException(
                $"The image has {pixels.Length} bytes, but this set contains {Width}x{Height} images, which have {(long)Width * Height * layout.BytesPerPixel()} in {layout}. " +
                "Resize every image to one size first.",
                nameof(pixels));
        }

        PixelTensors.ToPlanes(pixels, layout, background ?? PixelColor.White, PixelRange.ZeroToOne, planes, Channels);
        var image = new byte[planes.Length];
        PixelTensors.FromPlanes(planes, Channels, PixelRange.ZeroToOne, image, Layout);
        images.Add(image);
    }

    /// <summary>Gets an image as it is stored: [Height, Width, Channels].</summary>
    internal byte[] StoredAt(int index) => images[index];

    /// <summary>Removes all images.</summary>
    internal void Clear() => images.Clear();

    /// <inheritdoc/>
    public void Read(int index, PixelRange range, Span<float> planes) =>
        PixelTensors.ToPlanes(images[index], Layout, PixelColor.White, range, planes, Channels);
}
