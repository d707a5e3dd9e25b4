namespace LdmMl.Benchmarks.Measuring;

/// <summary>One thing to time. It is created, warmed up and run in a separate process.</summary>
internal interface IWorkload : IDisposable
{
    /// <summary>Does the work once.</summary>
    void Run();

    /// <summary>Prepares the next run; its time does not count.</summary>
    void Prepare()
    {
    }

    /// <summary>Gets how often it is run before the first measurement.</summary>
    int WarmingRuns => 2;

    /// <summary>Gets a figure other than time, such as the PSNR compared with a reference; null if there is none.</summary>
    string? Remark => null;

    /// <summary>Gets the milliseconds that the last run took by another program's own account; null if the whole run counts.</summary>
    double? Milliseconds => null;

    /// <summary>Gets the peak resident memory of another program, in MB (10^6 bytes); null if the worker's own process counts.</summary>
    double? PeakMegabytes => null;
}
