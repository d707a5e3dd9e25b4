namespace ImageService.Queue;

/// <summary>One call of a prediction engine.</summary>
/// <param name="compute">The call; what it returns belongs to the caller.</param>
/// <param name="cancellation">Cancelled when the client is gone.</param>
internal sealed class EngineWork<T>(Func<T> compute, CancellationToken cancellation) : Work(cancellation), IEngineWork
{
    private readonly TaskCompletionSource<T> result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Gets the result.</summary>
    public Task<T> Result => result.Task;

    public void Compute()
    {
        var computed = compute();
        if (!result.TrySetResult(computed))
            (computed as IDisposable)?.Dispose();
    }

    public override void Fail(Exception error) => result.TrySetException(error);
}
