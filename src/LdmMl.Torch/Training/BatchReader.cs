using System.Runtime.InteropServices;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>Reads batches without end: every epoch sees each image once, in an order of its own that the seed decides.</summary>
internal sealed class BatchReader : IDisposable
{
    private readonly IImageSet images;
    private readonly PixelRange range;
    private readonly AutoencoderTrainingOptions options;
    private readonly Generator orders;
    private readonly Generator flips;
    private long[] order = [];
    private int position;

    public BatchReader(IImageSet images, PixelRange range, AutoencoderTrainingOptions options)
    {
        this.images = images;
        this.range = range;
        this.options = options;
        orders = RandomStream.Order.Create(options.Seed);
        flips = RandomStream.Flips.Create(options.Seed);
    }

    /// <summary>Gets the epoch of the batch read last, from 1.</summary>
    public int Epoch { get; private set; }

    /// <summary>Gets a value indicating whether the batch read last was its epoch's last.</summary>
    public bool EndsEpoch => position == order.Length;

    /// <summary>Reads the next batch on the CPU; what is left of an epoch makes a smaller last one.</summary>
    public Tensor Next()                                         // -> [B, C, H, W]
    {
        if (EndsEpoch)
            StartEpoch();
        var size = Math.Min(options.BatchSize, order.Length - position);
        var indices = order.AsSpan(position, size);
        position += size;
        return Read(images, range, indices, options.HorizontalFlips ? flips : null);
    }

    /// <summary>Reads the images with the given indices; a generator decides which of them are mirrored.</summary>
    public static Tensor Read(IImageSet images, PixelRange range, ReadOnlySpan<long> indices, Generator? flips = null)
    {
        using var scope = NewDisposeScope();
        var batch = empty(indices.Length, images.Channels, images.Height, images.Width);
        var coins = flips is null ? [] : rand(indices.Length, generator: flips).data<float>().ToArray();
        var values = MemoryMarshal.Cast<byte, float>(batch.bytes);
        var size = images.Channels * images.Height * images.Width;
        for (var i = 0; i < indices.Length; i++)
        {
            var planes = values.Slice(i * size, size);
            images.Read((int)indices[i], range, planes);
            if (coins.Length > 0 && coins[i] < 0.5f)
                MirrorRows(planes, images.Width);
        }

        return scope.MoveToOuter(batch);
    }

    public void Dispose()
    {
        orders.Dispose();
        flips.Dispose();
    }

    private void StartEpoch()
    {
        using var permutation = randperm(images.Count, generator: orders);
        order = permutation.data<long>().ToArray();
        position = 0;
        Epoch++;
    }

    private static void MirrorRows(Span<float> planes, int width)
    {
        for (var start = 0; start < planes.Length; start += width)
            planes.Slice(start, width).Reverse();
    }
}
