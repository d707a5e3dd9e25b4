namespace LdmMl.Torch.Metrics;

/// <summary>One channel of two images of the same size.</summary>
/// <typeparam name="T">The type of the values.</typeparam>
/// <param name="reference">Values of the reference: interleaved pixels [H, W, channels], or the plane itself with one channel.</param>
/// <param name="candidate">Values of the candidate in the same layout.</param>
/// <param name="channel">The channel that counts.</param>
/// <param name="channels">Channels of a pixel.</param>
internal readonly ref struct PlanePair<T>(ReadOnlySpan<T> reference, ReadOnlySpan<T> candidate, int channel, int channels)
{
    public ReadOnlySpan<T> Reference { get; } = reference;

    public ReadOnlySpan<T> Candidate { get; } = candidate;

    public int Channel { get; } = channel;

    public int Channels { get; } = channels;
}
