namespace ImageService.Queue;

/// <summary>The waiting work, first come, first served, up to a limit. Any number of threads add; one takes.</summary>
/// <param name="capacity">How many may wait.</param>
internal sealed class WorkQueue(int capacity) : IDisposable
{
    private readonly Lock gate = new();
    private readonly LinkedList<Work> waiting = [];
    private readonly SemaphoreSlim arrivals = new(0);
    private bool isClosed;

    /// <summary>Gets how many wait.</summary>
    public int Count
    {
        get
        {
            lock (gate)
                return waiting.Count;
        }
    }

    /// <summary>Adds work at the end, unless the queue is full.</summary>
    /// <exception cref="QueueFullException">It is full.</exception>
    /// <exception cref="NotReadyException">It is closed.</exception>
    public void Add(Work work)
    {
        lock (gate)
        {
            if (isClosed)
                throw Closed();
            if (waiting.Count >= capacity)
                throw new QueueFullException();
            waiting.AddLast(work);
        }

        arrivals.Release();
    }

    /// <summary>Removes work.</summary>
    /// <returns>Whether it still waited.</returns>
    public bool Remove(Work work)
    {
        lock (gate)
            return waiting.Remove(work);
    }

    /// <summary>Accepts no more work, and ends what waits.</summary>
    public void Close()
    {
        lock (gate)
        {
            isClosed = true;
            foreach (var work in waiting)
                work.Fail(Closed());
            waiting.Clear();
        }
    }

    /// <summary>Waits until there is work.</summary>
    /// <exception cref="OperationCanceledException">The token asked to stop.</exception>
    public void Wait(CancellationToken stopping)
    {
        while (Count == 0)
            arrivals.Wait(stopping);
    }

    /// <summary>Waits until there is a certain amount of work, or until a time has passed.</summary>
    public void WaitFor(int count, TimeSpan time, CancellationToken stopping)
    {
        var end = TimeSpan.FromMilliseconds(Environment.TickCount64) + time;
        while (Count < count && end - TimeSpan.FromMilliseconds(Environment.TickCount64) is var left && left > TimeSpan.Zero)
            arrivals.Wait(left, stopping);
    }

    /// <summary>Takes the first work, and all that can be computed together with it. None if its requests were cancelled meanwhile.</summary>
    public IReadOnlyList<Work> Take()
    {
        lock (gate)
        {
            if (waiting.First?.Value is not { } first)
                return [];
            Work[] taken = [.. waiting.Where(work => work == first || first.Joins(work)).Take(first.LargestBatch)];
            foreach (var work in taken)
                waiting.Remove(work);
            return taken;
        }
    }

    public void Dispose() => arrivals.Dispose();

    private static NotReadyException Closed() => new("The service is stopping; try again in a moment.");
}
