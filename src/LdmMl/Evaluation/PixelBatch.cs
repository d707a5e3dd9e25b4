using System.Runtime.InteropServices;
using LdmMl.Images;
using LdmMl.Torch.Tensors;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace LdmMl.Evaluation;

/// <summary>Images as opaque 8-bit RGB [H, W, 3], up to a capacity; their memory is reused for every batch.</summary>
internal sealed class PixelBatch(int capacity, PixelColor background)
{
    private readonly byte[][] pixels = [.. Enumerable.Repeat(Array.Empty<byte>(), capacity)];
    private readonly ImageSize[] sizes = new ImageSize[capacity];

    public int Count { get; private set; }

    public bool IsFull => Count == capacity;

    public void Add(MLImage image)
    {
        OpaquePixels.Read(image, background, ref pixels[Count]);
        sizes[Count++] = new ImageSize(image.Width, image.Height);
    }

    public void Clear() => Count = 0;

    public ImageSize Size(int slot) => sizes[slot];

    public ReadOnlySpan<byte> Pixels(int slot) => pixels[slot];

    /// <summary>Gets the slots of each size, so that images of one size go through a network together.</summary>
    public IEnumerable<int[]> GroupsOfOneSize() => Enumerable.Range(0, Count).GroupBy(slot => sizes[slot]).Select(group => group.ToArray());

    /// <summary>Converts images of one size to a tensor [n, 3, H, W] in [0, 1]. The caller disposes it.</summary>
    public Tensor Planes(IReadOnlyList<int> slots)
    {
        var size = sizes[slots[0]];
        var planes = empty([slots.Count, 3, size.Height, size.Width]);
        var values = MemoryMarshal.Cast<byte, float>(planes.bytes);
        var length = values.Length / slots.Count;
        for (var row = 0; row < slots.Count; row++)
        {
            PixelTensors.ToPlanes(
                pixels[slots[row]], PixelLayout.Rgb24, PixelColor.White, PixelRange.ZeroToOne, values.Slice(row * length, length), channels: 3);
        }

        return planes;
    }
}
