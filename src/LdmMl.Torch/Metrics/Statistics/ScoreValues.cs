namespace LdmMl.Torch.Metrics.Statistics;

/// <summary>Validates the values passed to public methods.</summary>
internal static class ScoreValues
{
    public static void Require(ReadOnlySpan<double> values, string name)
    {
        if (values.IsEmpty)
            throw new ArgumentException("There are no values; a statistic needs at least one.", name);
        for (var i = 0; i < values.Length; i++)
        {
            if (!double.IsFinite(values[i]))
                throw new ArgumentException(FormattableString.Invariant($"Value {i} is {values[i]}; statistics need finite values. Leave such rows out and report how many there were."), name);
        }
    }
}
