using ImageService.Requests;

namespace ImageService.Queue;

/// <summary>Accepts requests into the queue; those whose clients leave are taken out again.</summary>
internal sealed class Reception(WorkQueue queue, QueueTelemetry telemetry, ServedModel served)
{
    /// <summary>Gets how many requests wait.</summary>
    public int Waiting => queue.Count;

    /// <summary>Lets a request for an image wait.</summary>
    /// <exception cref="QueueFullException">Too many wait.</exception>
    public ImageWork Accept(ImageOrder order, CancellationToken cancellation) =>
        Accept(new ImageWork(order, served.Description.LargestBatch(order.Settings), cancellation));

    /// <summary>Lets a call of a prediction engine wait, and returns its result.</summary>
    /// <exception cref="QueueFullException">Too many wait.</exception>
    public async Task<T> Accept<T>(Func<T> compute, CancellationToken cancellation) => await Accept(new EngineWork<T>(compute, cancellation)).Result;

    private T Accept<T>(T work)
        where T : Work
    {
        try
        {
            queue.Add(work);
        }
        catch (QueueFullException)
        {
            telemetry.Refused();
            throw;
        }

        work.Cancellation.UnsafeRegister(_ => Abandon(work), state: null);
        return work;
    }

    private void Abandon(Work work)
    {
        if (queue.Remove(work))
            work.Fail(new OperationCanceledException(work.Cancellation));
    }
}
