using System.Runtime.InteropServices;
using LdmMl.Torch.Native;
using TorchSharp;

namespace LdmMl.Torch.Kernels.Threads;

/// <summary>
/// Runs work on libtorch's own threads, the libgomp team, where available: a second pool would compete with the team's spinning threads for the
/// processors. Elsewhere .NET's thread pool does the work.
/// </summary>
internal static unsafe class OpenMpTeam
{
    private static readonly nint Parallel = Find("GOMP_parallel");
    private static readonly nint ThreadNumber = Find("omp_get_thread_num");

    /// <summary>Gets whether work runs on libtorch's own threads.</summary>
    public static bool IsOfLibtorch => Parallel != 0 && ThreadNumber != 0;

    /// <summary>Gets how many threads libtorch computes with.</summary>
    public static int Size => torch.get_num_threads();

    /// <summary>Runs the same work on several threads and waits for all of them.</summary>
    /// <param name="threads">How many, at least 1.</param>
    /// <param name="work">What each thread does; it is given the thread's number, 0 to <paramref name="threads"/> - 1.</param>
    public static void Run(int threads, Action<int> work)
    {
        if (threads == 1)
        {
            work(0);
            return;
        }

        var team = new TeamWork(work);
        if (IsOfLibtorch)
            RunOnTeam(threads, team);
        else
            System.Threading.Tasks.Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, team.Do);
        team.ThrowIfFailed();
    }

    private static void RunOnTeam(int threads, TeamWork work)
    {
        var handle = GCHandle.Alloc(work);
        try
        {
            var run = (delegate* unmanaged<delegate* unmanaged<nint, void>, nint, uint, uint, void>)Parallel;
            run(&Enter, GCHandle.ToIntPtr(handle), (uint)threads, 0);
        }
        finally
        {
            handle.Free();
        }
    }

    [UnmanagedCallersOnly]
    private static void Enter(nint handle)
    {
        var number = ((delegate* unmanaged<int>)ThreadNumber)();
        ((TeamWork)GCHandle.FromIntPtr(handle).Target!).Do(number);
    }

    // libtorch's package renames libgomp; looking up a function in a loaded library also searches the libraries that it depends on.
    private static nint Find(string function) =>
        TorchRuntime.LoadResult.TorchFolder is { } folder
        && NativeLibrary.TryLoad(Path.Combine(folder, "libtorch_cpu.so"), out var libtorch)
        && NativeLibrary.TryGetExport(libtorch, function, out var address)
            ? address : 0;
}
