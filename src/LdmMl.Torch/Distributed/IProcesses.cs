namespace LdmMl.Torch.Distributed;

/// <summary>The processes that do one training together; each knows its rank and calls the same methods in the same order.</summary>
internal interface IProcesses
{
    /// <summary>Gets the number of this process, 0 to <see cref="Count"/> - 1.</summary>
    int Rank { get; }

    /// <summary>Gets the number of processes, a power of two.</summary>
    int Count { get; }

    /// <summary>
    /// Adds the values of all processes, element by element, in the order of a fixed tree: neighbours first, then pairs of neighbours. All processes
    /// end with the same bits.
    /// </summary>
    /// <param name="values">This process's values, replaced by the sums; equally many in each process.</param>
    void Sum(Span<float> values);

    /// <summary>Exchanges a message; returns those of all processes, in the order of their ranks.</summary>
    IReadOnlyList<byte[]> Gather(byte[] message);
}
