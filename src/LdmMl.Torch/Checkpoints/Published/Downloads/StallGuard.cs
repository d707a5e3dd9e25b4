namespace LdmMl.Torch.Checkpoints.Published.Downloads;

/// <summary>Ends steps of a connection that give nothing for too long, and tells them from those that the user ends.</summary>
internal sealed class StallGuard(TimeSpan limit, CancellationToken cancellation) : IDisposable
{
    private readonly CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(cancellation);

    /// <summary>Does one step.</summary>
    /// <exception cref="DownloadFailure">It took too long, or the connection was cut.</exception>
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
