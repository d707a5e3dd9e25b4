using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace LdmMl.Torch.Distributed;

/// <summary>Processes that MPI connects.</summary>
internal sealed class MpiProcesses : IProcesses
{
    // Large enough for the network, small enough for a cache: a part is added while it is there.
    private const int PieceLength = 1 << 18;

    private readonly MpiLibrary mpi;
    private readonly float[] piece = new float[PieceLength];
    private bool hasEnded;

    private MpiProcesses(MpiLibrary mpi) => this.mpi = mpi;

    public int Rank => mpi.Rank;

    public int Count => mpi.Count;

    /// <summary>Starts MPI. It ends with the process: for all processes at once if this one fails.</summary>
    /// <exception cref="InvalidOperationException">MPI cannot be started, or the number of processes is no power of two.</exception>
    public static MpiProcesses Start(Launcher launcher)
    {
        if (!BitOperations.IsPow2(launcher.Count))
        {
            throw new InvalidOperationException(
                $"{launcher.Variables} say that there are {launcher.Count} processes; start 2, 4, 8 or another power of two, among which sums divide evenly.");
        }

        var processes = new MpiProcesses(MpiLibrary.Start(launcher));
        AppDomain.CurrentDomain.UnhandledException += (_, _) => processes.Abort();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => processes.End();
        return processes;
    }

    /// <summary>Ends all processes at once.</summary>
    public void Abort()
    {
        if (hasEnded)
            return;
        hasEnded = true;
        mpi.Abort(exitCode: 2);
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"process {Rank} of {Count} ({Environment.MachineName}, PID {Environment.ProcessId})");

    /// <remarks>
    /// Recursive halving and doubling (Thakur, Rabenseifner and Gropp 2005), but from neighbours outwards. After round k a process has the sum of 2^k
    /// neighbours for its part of the values: one node of the tree, a sum of two nodes, whose order does not matter. As many bytes travel as in
    /// any all-reduce that is optimal: twice the values.
    /// </remarks>
    public void Sum(Span<float> values)
    {
        var parts = new Stack<(int Start, int Length, int OtherStart, int OtherLength)>();
        var (start, length) = (0, values.Length);
        for (var distance = 1; distance < Count; distance *= 2)
        {
            var half = length / 2;
            var keepsUpper = (Rank & distance) != 0;
            var (kept, given) = keepsUpper ? ((start + half, length - half), (start, half)) : ((start, half), (start + half, length - half));
            Add(values.Slice(given.Item1, given.Item2), values.Slice(kept.Item1, kept.Item2), Rank ^ distance);
            parts.Push((kept.Item1, kept.Item2, given.Item1, given.Item2));
            (start, length) = kept;
        }

        for (var distance = Count / 2; distance >= 1; distance /= 2)
        {
            var part = parts.Pop();
            Swap(values.Slice(part.Start, part.Length), values.Slice(part.OtherStart, part.OtherLength), Rank ^ distance);
        }
    }

    public IReadOnlyList<byte[]> Gather(byte[] message)
    {
        var lengths = new int[Count];
        mpi.Gather(MemoryMarshal.AsBytes<int>([message.Length]), MemoryMarshal.AsBytes(lengths.AsSpan()));
        var longest = Math.Max(1, lengths.Max());
        var (padded, all) = (new byte[longest], new byte[checked(longest * Count)]);
        message.CopyTo(padded, 0);
        mpi.Gather(padded, all);
        return [.. lengths.Select((length, rank) => all.AsSpan(rank * longest, length).ToArray())];
    }

    // The halves of two partners may differ by one value.
    private void Add(Span<float> given, Span<float> kept, int partner)
    {
        for (var at = 0; at < Math.Max(given.Length, kept.Length); at += PieceLength)
        {
            var sent = Piece(given, at);
            var sum = Piece(kept, at);
            var received = piece.AsSpan(0, sum.Length);
            mpi.Exchange(MemoryMarshal.AsBytes(sent), MemoryMarshal.AsBytes(received), partner);
            Add(sum, received);
        }
    }

    private static void Add(Span<float> sums, ReadOnlySpan<float> others)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(sums);
        var otherVectors = MemoryMarshal.Cast<float, Vector<float>>(others);
        for (var i = 0; i < vectors.Length; i++)
            vectors[i] += otherVectors[i];
        for (var i = vectors.Length * Vector<float>.Count; i < sums.Length; i++)
            sums[i] += others[i];
    }

    private void Swap(Span<float> own, Span<float> other, int partner)
    {
        for (var at = 0; at < Math.Max(own.Length, other.Length); at += PieceLength)
            mpi.Exchange(MemoryMarshal.AsBytes(Piece(own, at)), MemoryMarshal.AsBytes(Piece(other, at)), partner);
    }

    private static Span<float> Piece(Span<float> values, int at) =>
        at >= values.Length ? [] : values.Slice(at, Math.Min(PieceLength, values.Length - at));

    /// <summary>Ends MPI; all processes must, once they have agreed that the work is done.</summary>
    public void Leave()
    {
        if (hasEnded)
            return;
        hasEnded = true;
        mpi.Finish();
    }

    // Leaving waits for the others, who wait for this process if it has failed.
    private void End()
    {
        if (Environment.ExitCode == 0)
            Leave();
        else
            Abort();
    }
}
