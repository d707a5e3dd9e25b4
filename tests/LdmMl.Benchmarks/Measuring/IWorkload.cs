namespace LdmMl.Benchmarks.Measuring;

/// <summary>One thing to time. It is made, warmed and run in a process of its own.</summary>
internal interface IWorkload : IDisposable
{
    /// <summary>Does the work once.</summary>
    void Run();

    /// <summary>Gets a figure other than time that the work knows about itself, such as the PSNR to a reference; null where there is none.</summary>
    string? Remark => null;
}
