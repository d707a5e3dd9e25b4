using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training.Streaming;

/// <summary>
/// Reads batches of images, on threads of its own ahead of the training where the set allows it. The batches and their values are those of a single
/// thread, whatever the number of threads. Memory: three batches.
/// </summary>
internal sealed class ImageReader : IDisposable
{
    // The one that is waited for, and one more, so that threads always have work.
    private const int BatchesAhead = 2;

    private readonly IImageSet images;
    private readonly PixelRange range;
    private readonly int? side;
    private readonly Func<ImageView[]?> plan;
    private readonly BlockingCollection<(PendingBatch Batch, int Index)>? work;
    private readonly Thread[] threads;
    private readonly Queue<PendingBatch> pending = new();
    private readonly Stack<float[]> buffers = new();
    private bool isPlanned;

    /// <summary>Prepares to read.</summary>
    /// <param name="images">The images.</param>
    /// <param name="range">The range of their values.</param>
    /// <param name="side">The side of the part that a batch shows of an image; null for whole images.</param>
    /// <param name="threads">The number of threads; unused if the set does not allow reading ahead.</param>
    /// <param name="plan">Returns the next batch to read, on the thread that calls <see cref="Next"/>; null after the last one.</param>
    public ImageReader(IImageSet images, PixelRange range, int? side, int threads, Func<ImageView[]?> plan)
    {
        (this.images, this.range, this.side, this.plan) = (images, range, side, plan);
        this.threads = new Thread[images.AllowsReadAhead ? threads : 0];
        if (this.threads.Length == 0)
            return;
        work = [];
        for (var i = 0; i < this.threads.Length; i++)
        {
            this.threads[i] = new Thread(Work) { IsBackground = true, Name = $"LdmMl image reader {i}" };
            this.threads[i].Start();
        }
    }

    private int Width => side ?? images.Width;

    private int Height => side ?? images.Height;

    private int ImageSize => images.Channels * Height * Width;

    /// <summary>Prepares to read whole images in a given order.</summary>
    /// <param name="images">The images.</param>
    /// <param name="range">The range of their values.</param>
    /// <param name="batches">The places of the images of each batch.</param>
    /// <param name="threads">The number of threads.</param>
    public static ImageReader Of(IImageSet images, PixelRange range, IEnumerable<long[]> batches, int threads)
    {
        var rest = batches.GetEnumerator();
        return new ImageReader(images, range, side: null, threads, () => rest.MoveNext() ? [.. rest.Current.Select(row => new ImageView(row))] : null);
    }

    /// <summary>Returns the places of all images of a set, in their order, in batches of a given size.</summary>
    public static IEnumerable<long[]> InOrder(IImageSet images, int batchSize) =>
        Enumerable.Range(0, images.Count).Select(index => (long)index).Chunk(batchSize);

    /// <summary>Returns the next batch.</summary>
    /// <returns>[B, Channels, height, width] on the CPU; the caller disposes it.</returns>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public Tensor Next()
    {
        using var batch = work is null ? ReadHere() : Await();
        var read = empty(batch.Views.Length, images.Channels, Height, Width);
        batch.Values.AsSpan(0, batch.Views.Length * ImageSize).CopyTo(MemoryMarshal.Cast<byte, float>(read.bytes));
        buffers.Push(batch.Values);
        return read;
    }

    public void Dispose()
    {
        if (work is null)
            return;
        work.CompleteAdding();
        while (work.TryTake(out var item))
            item.Batch.Fill(item.Index, (_, _) => { });
        foreach (var thread in threads)
            thread.Join();
        foreach (var batch in pending)
            batch.Dispose();
        work.Dispose();
    }

    private PendingBatch ReadHere()
    {
        var batch = Begin() ?? throw new InvalidOperationException("There is no further batch.");
        for (var index = 0; index < batch.Views.Length; index++)
            Read(batch.Views[index], batch.Values.AsMemory(index * ImageSize, ImageSize));
        return batch;
    }

    private PendingBatch Await()
    {
        while (!isPlanned && pending.Count <= BatchesAhead && Begin() is { } begun)
        {
            pending.Enqueue(begun);
            for (var index = 0; index < begun.Views.Length; index++)
                work!.Add((begun, index));
        }

        if (!pending.TryDequeue(out var batch))
            throw new InvalidOperationException("There is no further batch.");
        batch.Wait();
        return batch;
    }

    private PendingBatch? Begin()
    {
        if (plan() is not { } views)
        {
            isPlanned = true;
            return null;
        }

        var length = views.Length * ImageSize;
        var buffer = buffers.TryPop(out var used) && used.Length >= length ? used : new float[length];
        return new PendingBatch(views, buffer, ImageSize);
    }

    private void Work()
    {
        foreach (var (batch, index) in work!.GetConsumingEnumerable())
            batch.Fill(index, Read);
    }

    private void Read(ImageView view, Memory<float> target)
    {
        var planes = target.Span;
        if (side is { } cut)
            CenteredImages.ReadPart(images, (int)view.Row, range, view.Left, view.Top, cut, planes);
        else
            images.Read((int)view.Row, range, planes);
        if (view.IsMirrored)
            Mirror(planes, Width);
    }

    private static void Mirror(Span<float> planes, int width)
    {
        for (var start = 0; start < planes.Length; start += width)
            planes.Slice(start, width).Reverse();
    }
}
