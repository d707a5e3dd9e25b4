namespace LdmMl.Torch.Training;

/// <summary>Which processes do a training together.</summary>
public enum TrainingProcesses
{
    /// <summary>
    /// Those that <c>mpirun</c> (Open MPI 4) or <c>mpiexec</c> (MPICH and implementations with its ABI) started with this one, as their environment
    /// variables say; this one alone if there are none.
    /// </summary>
    Launched,

    /// <summary>This one alone, whatever started it: for programs that use MPI for something else, such as a training in each process.</summary>
    Alone,
}
