namespace LdmMl.Benchmarks.Measuring;

/// <summary>One thing to time. It is created, warmed up and run in a separate process.</summary>
internal interface IWorkload : IDisposable
{
    /// <summary>Does the work once.</summary>
    void Run();

    /// <summary>Gets a figure other than time, such as the PSNR compared with a reference; null if there is none.</summary>
    string? Remark => null;
}
