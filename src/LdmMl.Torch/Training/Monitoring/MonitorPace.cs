namespace LdmMl.Torch.Training.Monitoring;

/// <summary>How many steps the monitor looks back and waits. <see cref="MonitorLimits"/> has the thresholds.</summary>
internal sealed record MonitorPace
{
    /// <summary>Gets the default pace; tests that provoke problems use a faster one.</summary>
    public static MonitorPace Usual { get; } = new();

    /// <summary>
    /// Gets the window of running means in steps: single batches of 16 vary by tens of percent, means of 50 by a few.
    /// </summary>
    public int Window { get; init; } = 50;

    /// <summary>Gets the number of steps before slow quantities are judged: twice the longest default warm-up.</summary>
    public int FirstSteps { get; init; } = 200;

    /// <summary>
    /// Gets the number of steps after which a lasting problem is reported again: often enough to be seen in a log, rarely enough to keep it readable.
    /// </summary>
    public int QuietSteps { get; init; } = 500;

    /// <summary>Gets the number of steps over which the change of the latents' standard deviation is measured.</summary>
    public int ScaleWindow { get; init; } = 500;

    /// <summary>Gets the window of the error's short mean in steps: few, so that a collapse is detected early.</summary>
    public int ShortWindow { get; init; } = 10;

    /// <summary>Gets the steps between two states kept for a rollback.</summary>
    public int GoodInterval { get; init; } = 100;

    /// <summary>Gets the window of the short mean of the gradient norm in steps: more than one, because single batches are often large.</summary>
    public int GradientWindow { get; init; } = 5;
}
