using System.Diagnostics;

namespace ImageService.Queue;

/// <summary>What a request waits for. The worker computes one after the other, because one uses every core.</summary>
/// <param name="cancellation">Cancelled when the client is gone.</param>
internal abstract class Work(CancellationToken cancellation)
{
    private readonly long created = Stopwatch.GetTimestamp();

    /// <summary>Gets whether nobody waits for the result any more.</summary>
    public bool IsAbandoned => cancellation.IsCancellationRequested;

    /// <summary>Gets a token that is cancelled when nobody waits for the result any more.</summary>
    public CancellationToken Cancellation => cancellation;

    /// <summary>Gets how long the work has existed.</summary>
    public TimeSpan Age => Stopwatch.GetElapsedTime(created);

    /// <summary>Gets the trace of the request; default for none.</summary>
    public ActivityContext Caller { get; } = Activity.Current?.Context ?? default;

    /// <summary>Determines whether this and other work can be computed together.</summary>
    public virtual bool Joins(Work other) => false;

    /// <summary>Gets the largest number of works that may be computed together with this one, itself included.</summary>
    public virtual int LargestBatch => 1;

    /// <summary>Ends the request with an error.</summary>
    public abstract void Fail(Exception error);
}
