namespace LdmMl.Benchmarks.Workloads;

/// <summary>Kills trainings of every kind at random moments, and compares their results with those of uninterrupted trainings.</summary>
internal static class KillSoak
{
    /// <param name="kills">The total number of kills.</param>
    /// <param name="output">Receives a line for each kind.</param>
    /// <returns>Whether every training ended with the same weights and history.</returns>
    public static bool Run(int kills, TextWriter output)
    {
        var (kinds, random, good) = (KilledTrainingProgram.Kinds, new Random(1), true);
        for (var i = 0; i < kinds.Count; i++)
        {
            var share = (kills * (i + 1) / kinds.Count) - (kills * i / kinds.Count);
            var folder = Directory.CreateTempSubdirectory("killed-training-");
            var steps = 8 * (share + 1);
            var training = new KilledTraining(typeof(KillSoak).Assembly.Location, kinds[i], Path.Combine(folder.FullName, "state"), steps);
            var (expected, ended) = (KilledTrainingProgram.Train(kinds[i], folder: null, steps), training.Finish(random, share));
            good &= ended == expected;
            output.WriteLine($"{kinds[i]}: killed {training.Kills} times, {steps} steps: {(ended == expected ? "the same" : $"{ended} instead of {expected}")}");
            folder.Delete(recursive: true);
        }

        return good;
    }
}
