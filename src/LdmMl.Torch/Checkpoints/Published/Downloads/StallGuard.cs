namespace LdmMl.Torch.Checkpoints.Published.Downloads;

/// <summary>Aborts network operations that stall, and distinguishes them from those that the user cancels.</summary>
internal sealed class StallGuard(TimeSpan limit, CancellationToken cancellation) : IDisposable
{
    private readonly CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(cancellation);

    /// <summary>Runs one operation.</summary>
    /// <exception cref="DownloadFailure">It timed out, or the connection was lost.</exception>
    public async Task<T> Guard<T>(Func<CancellationToken, Task<T>> step)
    {
        source.CancelAfter(limit);
        try
        {
            return await step(source.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new DownloadFailure($"nothing arrived for {limit.TotalSeconds:0.#} s", canBeTriedAgain: true);
        }
        catch (IOException error)
        {
            var reason = error is HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded } ? "" : $" ({error.Message.TrimEnd('.')})";
            throw new DownloadFailure($"the connection was cut{reason}", canBeTriedAgain: true, error);
        }
    }

    public void Dispose() => source.Dispose();
}
