using System.Globalization;

namespace LdmMl.Torch.Distributed;

/// <summary>What started this process, as its environment says: <c>mpirun</c> of Open MPI, or <c>mpiexec</c> of MPICH, which SLURM speaks too.</summary>
/// <param name="Mpi">The implementation to load.</param>
/// <param name="Rank">The number of this process.</param>
/// <param name="Count">The number of processes.</param>
/// <param name="Variables">The variables that say so.</param>
internal sealed record Launcher(MpiKind Mpi, int Rank, int Count, string Variables)
{
    private static readonly Lazy<IProcesses> Started = new(
        () => Read(Environment.GetEnvironmentVariable) is { Count: > 1 } launcher ? MpiProcesses.Start(launcher) : OneProcess.Instance);

    /// <summary>Gets the processes that were started together with this one; only this one where nothing says otherwise.</summary>
    /// <exception cref="InvalidOperationException">MPI cannot be started; the message says what to do.</exception>
    public static IProcesses Processes => Started.Value;

    /// <summary>Gets whether this process was started together with others.</summary>
    public static bool HasOthers => Read(Environment.GetEnvironmentVariable) is { Count: > 1 };

    /// <summary>Reads the environment.</summary>
    /// <param name="variable">Gets a variable; null or empty if it is not set.</param>
    /// <returns>The launcher; null for none.</returns>
    /// <exception cref="InvalidOperationException">The variables are no numbers.</exception>
    public static Launcher? Read(Func<string, string?> variable) =>
        Read(variable, MpiKind.OpenMpi, "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE") ?? Read(variable, MpiKind.Mpich, "PMI_RANK", "PMI_SIZE");

    private static Launcher? Read(Func<string, string?> variable, MpiKind mpi, string rankName, string countName)
    {
        if (string.IsNullOrEmpty(variable(rankName)) || string.IsNullOrEmpty(variable(countName)))
            return null;
        return int.TryParse(variable(rankName), NumberStyles.None, CultureInfo.InvariantCulture, out var rank)
            && int.TryParse(variable(countName), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && rank < count
            ? new(mpi, rank, count, $"{rankName} and {countName}")
            : throw new InvalidOperationException(
                $"{rankName} is '{variable(rankName)}' and {countName} '{variable(countName)}', which are not the number of a process and how many there are.");
    }
}
