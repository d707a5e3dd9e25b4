using LdmMl.Torch.Distributed;

namespace LdmMl.Torch.Tests.Distributed;

/// <summary>Processes that are threads of this one, and wait for each other as those of MPI do.</summary>
internal sealed class ThreadProcesses : IProcesses
{
    private readonly ThreadProcesses[] all;
    private readonly Barrier barrier;
    private byte[] message = [];

    private ThreadProcesses(int rank, ThreadProcesses[] all, Barrier barrier) => (Rank, this.all, this.barrier) = (rank, all, barrier);

    public int Rank { get; }

    public int Count => all.Length;

    /// <summary>Runs a program in every process; returns what each threw, null for nothing.</summary>
    public static IReadOnlyList<Exception?> Run(int count, Action<IProcesses> program)
    {
        using var barrier = new Barrier(count);
        var all = new ThreadProcesses[count];
        for (var rank = 0; rank < count; rank++)
            all[rank] = new ThreadProcesses(rank, all, barrier);
        var failures = new Exception?[count];
        var threads = all.Select(process => new Thread(() => failures[process.Rank] = Record.Exception(() => program(process)))).ToArray();
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            Assert.True(thread.Join(TimeSpan.FromSeconds(60)), "A process waits for another.");
        return failures;
    }

    public IReadOnlyList<byte[]> Gather(byte[] message)
    {
        this.message = message;
        barrier.SignalAndWait();
        var messages = all.Select(process => process.message).ToArray();
        barrier.SignalAndWait();
        return messages;
    }

    public void Sum(Span<float> values) => throw new NotSupportedException("These processes exchange messages only.");

}
