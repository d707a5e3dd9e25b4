using System.Runtime.ExceptionServices;

namespace LdmMl.Rows;

/// <summary>Reads batch after batch; another thread reads the next one while the current one is computed and served.</summary>
/// <remarks>From the moment a fill begins until its batch is taken, only that thread accesses the source.</remarks>
/// <param name="reader">Reads the source.</param>
/// <param name="current">The batch that is filled first.</param>
/// <param name="ahead">The batch that the other thread fills; null to read each batch when it is requested.</param>
internal sealed class ReadAhead(RowBatchReader reader, RowBatch current, RowBatch? ahead) : IDisposable
{
    private RowBatch? ahead = ahead;
    private Task<int>? next;
    private ExceptionDispatchInfo? failure;

    /// <summary>Gets the current batch.</summary>
    public RowBatch Current { get; private set; } = current;

    /// <summary>Reads the batch that begins with the source's current row, and returns its number of rows.</summary>
    public int First()
    {
        var count = Guard(() => reader.Fill(Current, standsOnRow: true));
        Begin();
        return count;
    }

    /// <summary>Moves to the next batch and returns its number of rows, 0 at the end. Errors of the reading thread surface here.</summary>
    public int Next()
    {
        if (reader.HasEnded && next is null)
            return 0;
        if (ahead is null)
            return Guard(() => reader.Fill(Current, standsOnRow: false));
        var count = Guard(() => next!.GetAwaiter().GetResult());
        next = null;
        (Current, ahead) = (ahead, Current);
        Begin();
        return count;
    }

    /// <summary>
    /// Stops reading and waits until nothing accesses the source any more. Rows that were read but not taken, and their errors, are dropped.
    /// </summary>
    public void Dispose()
    {
        reader.Stop();
        if (next is not null)
        {
            Task.WaitAny(next);
            _ = next.Exception;
            next = null;
        }

        Current.Dispose();
        ahead?.Dispose();
    }

    private void Begin()
    {
        if (ahead is { } batch && !reader.HasEnded)
            next = Task.Run(() => reader.Fill(batch, standsOnRow: false));
    }

    /// <summary>After an error the source is on some later row: another request throws the same error instead of skipping rows.</summary>
    private int Guard(Func<int> fill)
    {
        failure?.Throw();
        try
        {
            return fill();
        }
        catch (Exception exception)
        {
            failure = ExceptionDispatchInfo.Capture(exception);
            throw;
        }
    }
}
