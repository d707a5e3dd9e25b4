namespace LdmMl.Benchmarks.Measuring;

/// <summary>A question that timing answers: how long one workload takes compared with another.</summary>
/// <param name="Title">What is compared.</param>
/// <param name="Subject">The workload that is judged.</param>
/// <param name="Peer">The workload that it is compared with.</param>
/// <param name="Goal">The largest acceptable ratio of the subject's time to the peer's.</param>
internal sealed record Comparison(string Title, string Subject, string Peer, double Goal)
{
    /// <summary>Gets what is missing for the comparison to run, and how to get it; null if nothing is.</summary>
    public string? Missing { get; init; }
}
