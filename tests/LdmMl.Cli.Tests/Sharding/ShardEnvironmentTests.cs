using LdmMl.Cli.Sharding;

namespace LdmMl.Cli.Tests.Sharding;

public class ShardEnvironmentTests
{
    [Theory]
    [InlineData("OMPI_COMM_WORLD_RANK=2 OMPI_COMM_WORLD_SIZE=8", "2/8")]
    [InlineData("SLURM_ARRAY_TASK_ID=0 SLURM_ARRAY_TASK_COUNT=4 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_MAX=3 SLURM_ARRAY_TASK_STEP=1", "0/4")]
    [InlineData("SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_COUNT=3 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=3", "2/3")]
    [InlineData("SLURM_ARRAY_TASK_ID=15 SLURM_ARRAY_TASK_COUNT=3 SLURM_ARRAY_TASK_MIN=5 SLURM_ARRAY_TASK_MAX=15 SLURM_ARRAY_TASK_STEP=5", "2/3")]
    [InlineData("PMI_RANK=1 PMI_SIZE=2 SLURM_PROCID=1 SLURM_NTASKS=2", "1/2")]
    [InlineData("SLURM_PROCID=1 SLURM_NTASKS=2", "1/2")]
    [InlineData("SLURM_JOB_ID=9 SLURM_STEP_ID=0 SLURM_PROCID=1 SLURM_STEP_NUM_TASKS=3 SLURM_NTASKS=8", "1/3")]
    [InlineData("JOB_COMPLETION_INDEX=4 JOB_COMPLETIONS=5", "4/5")]
    [InlineData("OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=1", "0/1")]
    public void Schedulers_of_many_machines_tell_which_one_this_is(string variables, string shard) => Assert.Equal(shard, $"{Read(variables)?.Shard}");

    [Fact]
    public void The_origin_of_the_shard_is_known() => Assert.Equal(
        "JOB_COMPLETION_INDEX and JOB_COMPLETIONS", Read("JOB_COMPLETION_INDEX=0 JOB_COMPLETIONS=5")?.From);

    [Fact]
    public void Processes_of_an_array_job_divide_the_shard_of_their_job() => Assert.Equal(
        new Shard(5, 8),
        Read("SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_TASK_COUNT=4 SLURM_JOB_ID=1 SLURM_STEP_ID=0 SLURM_PROCID=1 SLURM_STEP_NUM_TASKS=2")?.Shard);

    [Fact]
    public void Open_MPI_takes_precedence_over_the_SLURM_that_started_it() => Assert.Equal(
        new Shard(3, 4), Read("OMPI_COMM_WORLD_RANK=3 OMPI_COMM_WORLD_SIZE=4 SLURM_PROCID=0 SLURM_NTASKS=4")?.Shard);

    [Theory]
    [InlineData("")]
    [InlineData("OMPI_COMM_WORLD_RANK=2")]
    [InlineData("SLURM_JOB_ID=9 SLURM_PROCID=0 SLURM_NTASKS=4")]      // the batch script: one process, whatever srun will start
    [InlineData("JOB_COMPLETIONS=4")]
    public void Without_variables_there_is_no_shard(string variables) => Assert.Null(Read(variables));

    [Theory]
    [InlineData("JOB_COMPLETION_INDEX=1", "Kubernetes does not say of how many; set JOB_COMPLETIONS to the job's completions in its container")]
    [InlineData("SLURM_ARRAY_TASK_ID=1", "SLURM_ARRAY_TASK_COUNT is not set")]
    [InlineData(
        "SLURM_ARRAY_TASK_ID=7 SLURM_ARRAY_TASK_COUNT=3 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=7",
        "the 3 tasks of the array are not numbered in even steps from 1 to 7")]
    [InlineData("OMPI_COMM_WORLD_RANK=4 OMPI_COMM_WORLD_SIZE=4", "there are 4, counted from 0")]
    public void Incomplete_variables_are_refused_with_what_to_do(string variables, string why)
    {
        var error = Assert.Throws<ArgumentException>(() => Read(variables));

        Assert.Contains($", so this is one of several machines, but {why}. Give --shard i/n", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_that_are_not_numbers_are_refused() => Assert.Equal(
        "The variable OMPI_COMM_WORLD_RANK is 'x', which is not a number; give --shard i/n, which takes precedence.",
        Assert.Throws<ArgumentException>(() => Read("OMPI_COMM_WORLD_RANK=x OMPI_COMM_WORLD_SIZE=2")).Message);

    private static (Shard Shard, string From)? Read(string variables)
    {
        var known = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        return new ShardEnvironment(name => known.GetValueOrDefault(name)).Read();
    }
}
