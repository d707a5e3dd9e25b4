using System.Runtime.ExceptionServices;

namespace LdmMl.Batching;

/// <summary>Hands out batch after batch; the next one is read by another thread while the current one is computed and served.</summary>
/// <remarks>From the moment a fill begins until it is taken, that thread alone touches the source.</remarks>
internal sealed class ReadAhead(BatchReader reader, bool background)
{
    private Task<int>? next;
    private ExceptionDispatchInfo? failure;

    /// <summary>Gets the half that holds the current batch.</summary>
    public int Half { get; private set; }

    /// <summary>Reads the batch that begins with the row on which the source stands.</summary>
    public int First()
    {
        var count = Guard(() => reader.Fill(Half, standsOnRow: true));
        Begin();
        return count;
    }

    /// <summary>Moves on to the next batch and returns its rows: 0 at the end. An error of the reading thread surfaces here.</summary>
    public int Next()
    {
        if (reader.HasEnded && next is null)
            return 0;
        if (!background)
            return Guard(() => reader.Fill(Half, standsOnRow: false));
        var count = Guard(() => next!.GetAwaiter().GetResult());
        next = null;
        Half = 1 - Half;
        Begin();
        return count;
    }

    /// <summary>Stops reading and waits until the source is left alone. Rows that nobody took, and their errors, are given up.</summary>
    public void Stop()
    {
        reader.Stop();
        if (next is null)
            return;
        Task.WaitAny(next);
        _ = next.Exception;
        next = null;
    }

    private void Begin()
    {
        if (!background || reader.HasEnded)
            return;
        var other = 1 - Half;
        next = Task.Run(() => reader.Fill(other, standsOnRow: false));
    }

    /// <summary>After an error the source stands on some later row: whoever asks again gets the error again, never other rows.</summary>
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
