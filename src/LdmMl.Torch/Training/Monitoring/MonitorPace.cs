namespace LdmMl.Torch.Training.Monitoring;

/// <summary>How many steps the monitor looks back and waits. <see cref="MonitorLimits"/> has the thresholds.</summary>
internal sealed record MonitorPace
{
    /// <summary>Gets the pace of every training; tests that provoke trouble take a faster one.</summary>
    public static MonitorPace Usual { get; } = new();

    /// <summary>
    /// Gets the window of running means in steps: batches of 16 differ by tens of percent, means of 50 by a few.
    /// </summary>
    public int Window { get; init; } = 50;

    /// <summary>Gets the steps before slow quantities are judged: twice the longest default warm-up.</summary>
    public int FirstSteps { get; init; } = 200;

    /// <summary>
    /// Gets the steps before a lasting problem is reported again: often enough to be seen in a log, rarely enough to keep it readable.
    /// </summary>
    public int QuietSteps { get; init; } = 500;

    /// <summary>Gets the steps over which the latents' deviation is compared with itself.</summary>
    public int ScaleWindow { get; init; } = 500;

    /// <summary>Gets the window of the error's short mean in steps: few, so that a collapse is seen early.</summary>
    public int ShortWindow { get; init; } = 10;

    /// <summary>Gets the steps between two states kept for a rollback.</summary>
    public int GoodInterval { get; init; } = 100;

    /// <summary>Gets the window of the short mean of the gradient norm in steps: more than one, because single batches are often large.</summary>
    public int GradientWindow { get; init; } = 5;
}
