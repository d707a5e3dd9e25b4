using System.Globalization;

namespace LdmMl.Cli.Sharding;

/// <summary>
/// Which of several machines this is, as whatever started it says: Open MPI, MPICH or SLURM for the processes of a job, SLURM or Kubernetes for the
/// jobs of an array. Processes within an array of jobs divide the work of their job.
/// </summary>
/// <param name="variable">Gets an environment variable; null or empty if it is not set.</param>
internal sealed class ShardEnvironment(Func<string, string?> variable)
{
    /// <summary>Gets the environment of this process.</summary>
    public static ShardEnvironment OfProcess { get; } = new(Environment.GetEnvironmentVariable);

    /// <summary>Reads which part of the work this machine does.</summary>
    /// <returns>The part and the variables that say so; null if nothing says anything.</returns>
    /// <exception cref="ArgumentException">Variables are set, but do not say which part of how many; the message says what to do.</exception>
    public (Shard Shard, string From)? Read()
    {
        var (jobs, processes) = (SlurmArray() ?? Kubernetes(), OpenMpi() ?? Mpich() ?? SlurmStep());
        return (jobs, processes) switch
        {
            ({ } outer, { } inner) => (outer.Shard.Then(inner.Shard), $"{outer.From} and {inner.From}"),
            _ => jobs ?? processes,
        };
    }

    private (Shard Shard, string From)? OpenMpi() => Pair("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE");

    private (Shard Shard, string From)? Mpich() => Pair("PMI_RANK", "PMI_SIZE");

    // The batch script has a number too, 0, but is one process: only processes started by srun have a step.
    private (Shard Shard, string From)? SlurmStep() => Number("SLURM_JOB_ID") is not null && Number("SLURM_STEP_ID") is null
        ? null
        : Pair("SLURM_PROCID", Number("SLURM_STEP_NUM_TASKS") is null ? "SLURM_NTASKS" : "SLURM_STEP_NUM_TASKS");

    private (Shard Shard, string From)? SlurmArray()
    {
        const string Index = "SLURM_ARRAY_TASK_ID", Count = "SLURM_ARRAY_TASK_COUNT";
        if (Number(Index) is not { } id)
            return null;
        var (first, step) = (Number("SLURM_ARRAY_TASK_MIN") ?? 0, Math.Max(Number("SLURM_ARRAY_TASK_STEP") ?? 1, 1));
        var count = Number(Count) ?? throw Incomplete(Index, id, $"{Count} is not set");
        var last = Number("SLURM_ARRAY_TASK_MAX") ?? first + ((count - 1) * step);
        if (last != first + ((count - 1) * step) || (id - first) % step != 0 || id < first || id > last)
            throw Incomplete(Index, id, $"the {count} tasks of the array are not numbered in even steps from {first} to {last}");
        return (Of((id - first) / step, count, Index), $"{Index} and {Count}");
    }

    // Kubernetes gives a pod its number, but not the number of pods: the job must pass that on.
    private (Shard Shard, string From)? Kubernetes()
    {
        const string Index = "JOB_COMPLETION_INDEX", Count = "JOB_COMPLETIONS";
        if (Number(Index) is { } id && Number(Count) is null)
            throw Incomplete(Index, id, $"Kubernetes does not say of how many; set {Count} to the job's completions in its container");
        return Pair(Index, Count);
    }

    private (Shard Shard, string From)? Pair(string index, string count) =>
        Number(index) is { } number && Number(count) is { } parts ? (Of(number, parts, index), $"{index} and {count}") : null;

    private static Shard Of(int index, int count, string name) => index >= 0 && index < count
        ? new(index, count)
        : throw Incomplete(name, index, $"there are {count}, counted from 0");

    private int? Number(string name)
    {
        var text = variable(name);
        if (string.IsNullOrEmpty(text))
            return null;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new ArgumentException($"The variable {name} is '{text}', which is not a number; give --shard i/n, which takes precedence.");
    }

    private static ArgumentException Incomplete(string name, int number, string why) => new(
        $"The variable {name} is {number}, so this is one of several machines, but {why}. "
        + "Give --shard i/n, which takes precedence, or --shard 0/1 for all.");
}
