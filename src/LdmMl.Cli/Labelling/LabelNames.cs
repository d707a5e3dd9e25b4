namespace LdmMl.Cli.Labelling;

/// <summary>Labels by the names that people type.</summary>
internal static class LabelNames
{
    /// <summary>Finds a label as it is spelled, or else, where only one fits, in any case.</summary>
    /// <returns>The label as it is spelled; null for none.</returns>
    public static string? Find(string typed, IReadOnlyList<string> known)
    {
        if (known.Contains(typed))
            return typed;
        var similar = known.Where(name => string.Equals(name, typed, StringComparison.OrdinalIgnoreCase)).ToArray();
        return similar is [var only] ? only : null;
    }
}
