using LdmMl.Torch.Tensors;
using LdmMl.Torch.Training;

namespace LdmMl.Torch.Tests.Training;

/// <summary>Images that are read on several threads ahead of the training; some take longer than others.</summary>
internal sealed class StreamedImages(IImageSet images) : IImageSet
{
    private int reads;

    public int Count => images.Count;

    public int Channels => images.Channels;

    public int Height => images.Height;

    public int Width => images.Width;

    public bool AllowsReadAhead => true;

    /// <summary>Gets or sets from which read on every image is unreadable; null for none.</summary>
    public int? BreaksAfter { get; init; }

    /// <summary>Gets or sets images that are unreadable.</summary>
    public IReadOnlyList<int> Broken { get; init; } = [];

    /// <summary>Gets how many images were read.</summary>
    public int Reads => reads;

    public void Read(int index, PixelRange range, Span<float> planes)
    {
        if (Interlocked.Increment(ref reads) > BreaksAfter || Broken.Contains(index))
            throw new InvalidDataException($"'image-{index}.png' is gone.");
        if (index % 3 == 0)
            Thread.Sleep(1);
        images.Read(index, range, planes);
    }
}
