using System.Runtime.InteropServices;
using LdmMl.Scoring;
using LdmMl.Torch.Tensors;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace LdmMl.Evaluation;

/// <summary>Images as opaque 8-bit RGB [H, W, 3], up to a capacity; their memory is used again for every batch.</summary>
internal sealed class PixelBatch(int capacity, PixelColor background)
{
    private readonly byte[][] _pixels = [.. Enumerable.Repeat(Array.Empty<byte>(), capacity)];
    private readonly ImageSize[] _sizes = new ImageSize[capacity];

    public int Count { get; private set; }

    public bool IsFull => Count == capacity;

    public void Add(MLImage image)
    {
        OpaquePixels.Read(image, background, ref _pixels[Count]);
        _sizes[Count++] = new ImageSize(image.Width, image.Height);
    }

    public void Clear() => Count = 0;

    public ImageSize Size(int slot) => _sizes[slot];

    public ReadOnlySpan<byte> Pixels(int slot) => _pixels[slot];

    /// <summary>Gives the slots of each size, so that images of one size go through a network together.</summary>
    public IEnumerable<int[]> GroupsOfOneSize() => Enumerable.Range(0, Count).GroupBy(slot => _sizes[slot]).Select(group => group.ToArray());

    /// <summary>Makes a tensor [n, 3, H, W] in [0, 1] of images of one size. The caller disposes it.</summary>
    public Tensor Planes(IReadOnlyList<int> slots)
    {
        ImageSize size = _sizes[slots[0]];
        Tensor planes = empty([slots.Count, 3, size.Height, size.Width]);
        Span<float> values = MemoryMarshal.Cast<byte, float>(planes.bytes);
        int length = values.Length / slots.Count;
        for (int row = 0; row < slots.Count; row++)
        {
            PixelTensors.ToPlanes(
                _pixels[slots[row]], PixelLayout.Rgb24, PixelColor.White, PixelRange.ZeroToOne, values.Slice(row * length, length), channels: 3);
        }

        return planes;
    }
}
