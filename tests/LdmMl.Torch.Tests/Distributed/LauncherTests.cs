using LdmMl.Torch.Distributed;

namespace LdmMl.Torch.Tests.Distributed;

public class LauncherTests
{
    [Theory]
    [InlineData("OMPI_COMM_WORLD_RANK=2 OMPI_COMM_WORLD_SIZE=4", "OpenMpi", 2, 4)]
    [InlineData("PMI_RANK=1 PMI_SIZE=2", "Mpich", 1, 2)]
    [InlineData("PMI_RANK=0 PMI_SIZE=1 OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=2", "OpenMpi", 1, 2)]
    public void Launchers_say_which_process_this_is(string variables, string mpi, int rank, int count)
    {
        var launcher = Read(variables)!;

        Assert.Equal((mpi, rank, count), ($"{launcher.Mpi}", launcher.Rank, launcher.Count));
    }

    [Theory]
    [InlineData("")]
    [InlineData("PMI_RANK=1")]
    [InlineData("SLURM_PROCID=1 SLURM_NTASKS=2")]                  // started without MPI: each process trains alone
    public void Without_a_launcher_a_process_is_alone(string variables) => Assert.Null(Read(variables));

    [Theory]
    [InlineData("PMI_RANK=x PMI_SIZE=2", "PMI_RANK is 'x' and PMI_SIZE '2', which are not the number of a process and how many there are.")]
    [InlineData("PMI_RANK=2 PMI_SIZE=2", "PMI_RANK is '2' and PMI_SIZE '2', which are not the number of a process and how many there are.")]
    public void Variables_that_say_nothing_sensible_are_refused(string variables, string message) =>
        Assert.Equal(message, Assert.Throws<InvalidOperationException>(() => Read(variables)).Message);

    private static Launcher? Read(string variables)
    {
        var known = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        return Launcher.Read(known.GetValueOrDefault);
    }
}
