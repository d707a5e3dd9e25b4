namespace LdmMl.Torch.Training.States;

/// <summary>A value in which two trainings differ.</summary>
/// <param name="Path">Where it stands, such as <c>Options.LearningRate</c>.</param>
/// <param name="Before">What it was.</param>
/// <param name="Now">What it is.</param>
internal sealed record TrainingDifference(string Path, string Before, string Now)
{
    /// <summary>The key under which an exception carries the differences that its message lists.</summary>
    public const string Key = "Differences";

    /// <summary>Lists differences in a sentence's words.</summary>
    /// <param name="differences">The differences.</param>
    /// <param name="nameOf">Gives the name of a value by its path.</param>
    /// <param name="most">How many are listed.</param>
    public static string List(IReadOnlyList<TrainingDifference> differences, Func<string, string> nameOf, int most) =>
        string.Join("; ", differences.Take(most).Select(one => $"{nameOf(one.Path)} was {one.Before}, now it is {one.Now}"))
        + (differences.Count > most ? $"; and {differences.Count - most} more" : "");
}
