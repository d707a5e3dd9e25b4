namespace LdmMl.Torch.Training.Monitoring;

/// <summary>How many steps the monitor looks back and waits. <see cref="MonitorLimits"/> has the sizes from which it speaks.</summary>
internal sealed record MonitorPace
{
    /// <summary>Gets the pace of every training; tests that provoke trouble take a faster one.</summary>
    public static MonitorPace Usual { get; } = new();

    /// <summary>
    /// Gets the steps that running means look back: a batch of 16 differs from the next by tens of percent, the mean of 50 by a few.
    /// </summary>
    public int Window { get; init; } = 50;

    /// <summary>Gets the steps before anything is judged that needs time: twice the longest warm-up of the defaults.</summary>
    public int FirstSteps { get; init; } = 200;

    /// <summary>Gets the steps before a trouble that lasts is said again: often enough to be seen in a log, seldom enough to leave it readable.</summary>
    public int QuietSteps { get; init; } = 500;

    /// <summary>Gets the steps over which the latents' deviation is compared with itself.</summary>
    public int ScaleWindow { get; init; } = 500;

    /// <summary>Gets the steps that the error's short mean looks back: few, so that a collapse is seen before it is learnt.</summary>
    public int ShortWindow { get; init; } = 10;

    /// <summary>Gets the steps between two states that are kept to go back to.</summary>
    public int GoodInterval { get; init; } = 100;

    /// <summary>Gets the steps that the short mean of the gradients' norm looks back: more than one, for single batches are often large.</summary>
    public int GradientWindow { get; init; } = 5;
}
