using System.Diagnostics;

namespace ImageService.Queue;

/// <summary>How fast work gets done, to tell a client who is turned away when to come again.</summary>
internal sealed class Pace(WorkQueue queue)
{
    private const double Forget = 0.2;

    private double secondsPerWork = 0.1;

    /// <summary>Gets the time until the work that waits now will be done: whole seconds, 1 to 600.</summary>
    public int RetryAfterSeconds => (int)Math.Clamp(Math.Ceiling(queue.Count * Volatile.Read(ref secondsPerWork)), 1, 600);

    /// <summary>Measures a batch until the result is disposed.</summary>
    public IDisposable Measure(int works) => new Measurement(this, works);

    private sealed class Measurement(Pace pace, int works) : IDisposable
    {
        private readonly long started = Stopwatch.GetTimestamp();

        public void Dispose() => Volatile.Write(
            ref pace.secondsPerWork,
            ((1 - Forget) * pace.secondsPerWork) + (Forget * Stopwatch.GetElapsedTime(started).TotalSeconds / works));
    }
}
