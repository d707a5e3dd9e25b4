using System.Threading.Channels;
using ImageService.Requests;
using Microsoft.ML.Data;

namespace ImageService.Queue;

/// <summary>An image to generate, with reports of its progress.</summary>
/// <param name="order">What to draw.</param>
/// <param name="largestBatch">How many images of this size may be computed together.</param>
/// <param name="cancellation">Cancelled when the client is gone.</param>
internal sealed class ImageWork(ImageOrder order, int largestBatch, CancellationToken cancellation) : Work(cancellation)
{
    // There are at most two reports per step, so that a slow client cannot fill the memory.
    private readonly Channel<ImageProgress> reports = Channel.CreateUnbounded<ImageProgress>(new() { SingleReader = true, SingleWriter = true });
    private readonly TaskCompletionSource<MLImage> image = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ImageOrder Order => order;

    /// <summary>Gets the reports, which end with the image or with its failure.</summary>
    public IAsyncEnumerable<ImageProgress> Reports => reports.Reader.ReadAllAsync(Cancellation);

    /// <summary>Gets the image. Whoever awaits it disposes it.</summary>
    public Task<MLImage> Image => image.Task;

    public override int LargestBatch => largestBatch;

    /// <summary>The same settings hold for a whole batch; everything else may differ from row to row.</summary>
    public override bool Joins(Work other) => other is ImageWork work && work.Order.Settings == order.Settings;

    public void Report(ImageProgress progress) => reports.Writer.TryWrite(progress);

    /// <summary>Ends the request with its image, of which it takes ownership.</summary>
    public void Finish(MLImage finished)
    {
        if (IsAbandoned || !image.TrySetResult(finished))
            Drop(finished);
        reports.Writer.TryComplete();
    }

    public override void Fail(Exception error)
    {
        image.TrySetException(error);
        reports.Writer.TryComplete();
    }

    private void Drop(MLImage finished)
    {
        finished.Dispose();
        image.TrySetCanceled(Cancellation);
    }
}
