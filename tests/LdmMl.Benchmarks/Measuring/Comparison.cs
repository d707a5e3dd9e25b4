namespace LdmMl.Benchmarks.Measuring;

/// <summary>A question that timing answers: how long one workload takes beside another.</summary>
/// <param name="Title">What is compared.</param>
/// <param name="Subject">The workload that is judged.</param>
/// <param name="Peer">The workload it is held against.</param>
/// <param name="Goal">The largest ratio of the subject's time to the peer's that is good enough.</param>
internal sealed record Comparison(string Title, string Subject, string Peer, double Goal)
{
    /// <summary>Gets what has to be there before the question can be asked, and how to get it; null where nothing is missing.</summary>
    public string? Missing { get; init; }
}
