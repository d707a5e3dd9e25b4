namespace LdmMl.Cli.Tests;

/// <summary>A test that needs the launchers of MPI; skipped where one is missing.</summary>
internal sealed class MpiTheoryAttribute : TheoryAttribute
{
    public MpiTheoryAttribute()
    {
        string[] missing = [.. new[] { Mpi.Mpich, Mpi.OpenMpi }.Where(launcher => !Mpi.IsInstalled(launcher))];
        if (missing.Length > 0)
            Skip = $"{string.Join(" and ", missing)} not found; Debian's packages mpich and openmpi-bin have them.";
    }
}
