using System.Globalization;
using System.Runtime.InteropServices;

namespace LdmMl.Torch.Distributed;

/// <summary>
/// The few functions of MPI (MPI Forum 2015, version 3.1) that a training needs. Everything is sent as bytes, so that one communicator and one data
/// type are all the handles there are.
/// </summary>
/// <remarks>
/// A handle of MPICH is an int, passed here as a pointer: on the processors that .NET runs on under Linux, a function that takes an int reads the lower
/// half of the register or the stack slot.
/// </remarks>
internal sealed unsafe class MpiLibrary
{
    private const int Serialized = 2;                            // MPI_THREAD_SERIALIZED: any thread may call, one at a time

    private readonly nint world, bytes, ignoredStatus;
    private readonly delegate* unmanaged<nint, nint, int, int*, int> initialize;
    private readonly delegate* unmanaged<int> finalize;
    private readonly delegate* unmanaged<nint, int, int> abort;
    private readonly delegate* unmanaged<nint, int*, int> rank;
    private readonly delegate* unmanaged<nint, int*, int> size;
    private readonly delegate* unmanaged<void*, int, nint, int, int, void*, int, nint, int, int, nint, nint, int> exchange;
    private readonly delegate* unmanaged<void*, int, nint, void*, int, nint, nint, int> gather;

    private MpiLibrary(nint library, MpiKind kind)
    {
        // MPICH's mpi.h: MPI_COMM_WORLD, MPI_BYTE, MPI_STATUS_IGNORE. Open MPI's: addresses of objects, and null.
        (world, bytes, ignoredStatus) = kind == MpiKind.Mpich
            ? (0x44000000, 0x4c00010d, 1)
            : (NativeLibrary.GetExport(library, "ompi_mpi_comm_world"), NativeLibrary.GetExport(library, "ompi_mpi_byte"), 0);
        initialize = (delegate* unmanaged<nint, nint, int, int*, int>)NativeLibrary.GetExport(library, "MPI_Init_thread");
        finalize = (delegate* unmanaged<int>)NativeLibrary.GetExport(library, "MPI_Finalize");
        abort = (delegate* unmanaged<nint, int, int>)NativeLibrary.GetExport(library, "MPI_Abort");
        rank = (delegate* unmanaged<nint, int*, int>)NativeLibrary.GetExport(library, "MPI_Comm_rank");
        size = (delegate* unmanaged<nint, int*, int>)NativeLibrary.GetExport(library, "MPI_Comm_size");
        exchange = (delegate* unmanaged<void*, int, nint, int, int, void*, int, nint, int, int, nint, nint, int>)
            NativeLibrary.GetExport(library, "MPI_Sendrecv");
        gather = (delegate* unmanaged<void*, int, nint, void*, int, nint, nint, int>)NativeLibrary.GetExport(library, "MPI_Allgather");
    }

    /// <summary>Gets the number of this process.</summary>
    public int Rank { get; private set; }

    /// <summary>Gets the number of processes.</summary>
    public int Count { get; private set; }

    /// <summary>Loads and starts MPI.</summary>
    /// <exception cref="InvalidOperationException">It is not installed, or is another than the launcher's.</exception>
    public static MpiLibrary Start(Launcher launcher)
    {
        var mpi = new MpiLibrary(Load(launcher), launcher.Mpi);
        int given, rank, count;
        Check(mpi.initialize(0, 0, Serialized, &given));
        Check(mpi.rank(mpi.world, &rank));
        Check(mpi.size(mpi.world, &count));
        (mpi.Rank, mpi.Count) = (rank, count);
        if (given < Serialized)
            throw new InvalidOperationException($"This build of MPI does not let a program have threads (level {given}); install one that does.");
        return count == launcher.Count ? mpi : throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
            $"{launcher.Variables} say that there are {launcher.Count} processes, but {launcher.Mpi} sees {count}: it was started by the launcher of another "
            + $"implementation. Use the mpiexec that comes with it."));
    }

    /// <summary>Ends MPI; all processes must.</summary>
    public void Finish() => _ = finalize();

    /// <summary>Ends all processes at once.</summary>
    /// <param name="exitCode">Their exit code.</param>
    public void Abort(int exitCode) => _ = abort(world, exitCode);

    /// <summary>Sends values to another process and receives equally many from it.</summary>
    public void Exchange(ReadOnlySpan<byte> sent, Span<byte> received, int partner)
    {
        fixed (byte* from = sent, to = received)
            Check(exchange(from, sent.Length, bytes, partner, 0, to, received.Length, bytes, partner, 0, world, ignoredStatus));
    }

    /// <summary>Collects a message of each process, all of one length, in the order of their ranks.</summary>
    public void Gather(ReadOnlySpan<byte> sent, Span<byte> all)
    {
        fixed (byte* from = sent, to = all)
            Check(gather(from, sent.Length, bytes, to, sent.Length, bytes, world));
    }

    private static nint Load(Launcher launcher)
    {
        string[] names = launcher.Mpi == MpiKind.Mpich ? ["libmpich.so.12", "libmpi.so.12"] : ["libmpi.so.40"];
        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, out var library))
                return library;
        }

        var package = launcher.Mpi == MpiKind.Mpich ? "MPICH (Debian: libmpich12)" : "Open MPI 4 (Debian: libopenmpi3)";
        throw new InvalidOperationException(
            $"{launcher.Variables} say that this is one of {launcher.Count} processes, but {string.Join(" and ", names)} cannot be loaded. "
            + $"Install {package} on every machine, or start one process without mpiexec.");
    }

    private static void Check(int result)
    {
        if (result != 0)
            throw new InvalidOperationException($"MPI reports error {result}.");
    }
}
