using System.Runtime.InteropServices;
using System.Security.Cryptography;
using LdmMl.Torch.Tensors;
using LdmMl.Torch.Training.States;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>Reads batches of images; the seed determines their order and which of them are mirrored.</summary>
internal sealed class BatchReader : IBatches<Tensor>
{
    private readonly IImageSet images;
    private readonly PixelRange range;
    private readonly EpochOrder order;
    private readonly Generator? flips;
    private readonly Device device;

    /// <summary>Prepares to read.</summary>
    /// <param name="images">The images.</param>
    /// <param name="range">The range of their values.</param>
    /// <param name="options">Seed, size of a batch, and whether images are mirrored.</param>
    /// <param name="device">The device of the batches; the CPU unless given.</param>
    public BatchReader(IImageSet images, PixelRange range, TrainingOptions options, Device? device = null)
    {
        this.images = images;
        this.range = range;
        this.device = device ?? CPU;
        order = new EpochOrder(images.Count, options.BatchSize, options.Seed);
        flips = options.HorizontalFlips ? RandomStream.Flips.Create(options.Seed) : null;
    }

    public int Epoch => order.Epoch;

    public bool EndsEpoch => order.EndsEpoch;

    public int Size { get; private set; }

    public Tensor Next()                                         // -> [B, C, H, W]
    {
        var rows = order.Next();
        Size = rows.Length;
        return Read(images, range, rows, flips).to(device);
    }

    public Tensor Skip()                                         // -> [B, C, H, W], without memory
    {
        Size = order.Next().Length;
        Coins(Size, flips);
        return empty(Size, images.Channels, images.Height, images.Width, device: META);
    }

    /// <summary>Reads the images with the given indices; a generator determines which of them are mirrored.</summary>
    public static Tensor Read(IImageSet images, PixelRange range, ReadOnlySpan<long> indices, Generator? flips = null)
    {
        using var scope = NewDisposeScope();
        var batch = empty(indices.Length, images.Channels, images.Height, images.Width);
        var coins = Coins(indices.Length, flips);
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

    /// <summary>Computes the SHA-256 of the images' values in their order.</summary>
    public static string Hash(IImageSet images, PixelRange range)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var planes = new float[images.Channels * images.Height * images.Width];
        for (var index = 0; index < images.Count; index++)
        {
            images.Read(index, range, planes);
            hash.AppendData(MemoryMarshal.AsBytes<float>(planes));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public void Write(TrainingSnapshot snapshot)
    {
        order.Write(snapshot);
        if (flips is not null)
            snapshot.Add(RandomStream.Flips, flips);
    }

    public void Read(TrainingSnapshot snapshot)
    {
        order.Read(snapshot);
        if (flips is not null)
            snapshot.Restore(RandomStream.Flips, flips);
    }

    public void Dispose()
    {
        order.Dispose();
        flips?.Dispose();
    }

    private static float[] Coins(int count, Generator? flips)
    {
        if (flips is null)
            return [];
        using var drawn = rand(count, generator: flips);
        return drawn.data<float>().ToArray();
    }

    private static void MirrorRows(Span<float> planes, int width)
    {
        for (var start = 0; start < planes.Length; start += width)
            planes.Slice(start, width).Reverse();
    }
}
