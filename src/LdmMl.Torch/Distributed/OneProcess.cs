namespace LdmMl.Torch.Distributed;

/// <summary>A process that trains alone.</summary>
internal sealed class OneProcess : IProcesses
{
    private OneProcess()
    {
    }

    /// <summary>Gets the only one.</summary>
    public static OneProcess Instance { get; } = new();

    public int Rank => 0;

    public int Count => 1;

    public void Sum(Span<float> values)
    {
    }

    public IReadOnlyList<byte[]> Gather(byte[] message) => [message];
}
