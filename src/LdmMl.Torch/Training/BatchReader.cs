using System.Security.Cryptography;
using LdmMl.Torch.Tensors;
using LdmMl.Torch.Training.States;
using LdmMl.Torch.Training.Streaming;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>Reads batches of images; the seed determines their order, which of them are mirrored, and which part of them is shown.</summary>
internal sealed class BatchReader : IBatches<Tensor>
{
    private const int HashedBatch = 64;

    private readonly IImageSet images;
    private readonly PixelRange range;
    private readonly TrainingOptions options;
    private readonly int? side;
    private readonly BatchPlan plan;
    private readonly Device device;
    private BatchPlan? ahead;                                    // the same plan, where the reader is
    private ImageReader? reader;

    /// <summary>Prepares to read.</summary>
    /// <param name="images">The images.</param>
    /// <param name="range">The range of their values.</param>
    /// <param name="options">Seed, size of a batch, whether images are mirrored, and how they are read.</param>
    /// <param name="device">The device of the batches; the CPU unless given.</param>
    /// <param name="side">The side of the square that is cut from an image at a random place; null for whole images.</param>
    public BatchReader(IImageSet images, PixelRange range, TrainingOptions options, Device? device = null, int? side = null)
    {
        (this.images, this.range, this.options, this.side) = (images, range, options, side);
        this.device = device ?? CPU;
        plan = new BatchPlan(images, options, side);
    }

    public int Epoch => plan.Epoch;

    public bool EndsEpoch => plan.EndsEpoch;

    public int Size { get; private set; }

    public Tensor Next()                                         // -> [B, C, H, W]
    {
        reader ??= Begin();
        Size = plan.Next().Length;
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(reader.Next().to(device));
    }

    public Tensor Skip()                                         // -> [B, C, H, W], without memory
    {
        reader ??= Begin();
        Size = plan.Next().Length;
        return empty(Size, images.Channels, side ?? images.Height, side ?? images.Width, device: META);
    }

    /// <summary>Reads the images with the given indices.</summary>
    public static Tensor Read(IImageSet images, PixelRange range, long[] indices)
    {
        using var reader = ImageReader.Of(images, range, [indices], threads: 0);
        return reader.Next();
    }

    /// <summary>Computes the SHA-256 of the images' values in their order.</summary>
    public static string Hash(IImageSet images, PixelRange range, int threads, CancellationToken cancellation = default)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var reader = ImageReader.Of(images, range, ImageReader.InOrder(images, HashedBatch), threads);
        for (var read = 0; read < images.Count; read += HashedBatch)
        {
            cancellation.ThrowIfCancellationRequested();
            using var batch = reader.Next();
            hash.AppendData(batch.bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public void Write(TrainingSnapshot snapshot) => plan.Write(snapshot);

    public void Read(TrainingSnapshot snapshot)
    {
        Stop();
        plan.Read(snapshot);
    }

    public void Dispose()
    {
        Stop();
        plan.Dispose();
    }

    // A step begins here: states are written, and read, between two steps.
    private ImageReader Begin()
    {
        ahead = new BatchPlan(images, options, side);
        if (plan.Epoch > 0)
        {
            using var position = new TrainingSnapshot();
            plan.Write(position);
            ahead.Read(position);
        }

        var (batch, share, own) = (0, options.AccumulatedBatches / options.Together.Count, options.Together.Rank);
        return new ImageReader(images, range, side, options.ReaderThreads, () =>
        {
            for (; batch % options.AccumulatedBatches / share != own; batch++)
                ahead.Next();
            batch++;
            return ahead.Next();
        });
    }

    private void Stop()
    {
        reader?.Dispose();
        ahead?.Dispose();
        (reader, ahead) = (null, null);
    }
}
