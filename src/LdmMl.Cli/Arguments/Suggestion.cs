namespace LdmMl.Cli.Arguments;

/// <summary>What a mistyped word was probably meant to be.</summary>
internal static class Suggestion
{
    /// <summary>Gets a sentence that begins with a blank, such as <c> Did you mean '--guidance'?</c>; empty if nothing is near.</summary>
    public static string For(string word, IEnumerable<string> known)
    {
        var allowed = Math.Max(1, word.Trim('-').Length / 3);
        var nearest = known.Select(name => (Name: name, Distance: Distance(word.ToLowerInvariant(), name.ToLowerInvariant())))
            .Where(pair => pair.Distance <= allowed).OrderBy(pair => pair.Distance).Select(pair => pair.Name).FirstOrDefault();
        return nearest is null ? "" : $" Did you mean '{nearest}'?";
    }

    // How many letters must be added, removed, replaced or swapped with the next.
    private static int Distance(string first, string second)
    {
        var table = new int[first.Length + 1, second.Length + 1];
        for (var i = 0; i <= first.Length; i++)
        {
            for (var j = 0; j <= second.Length; j++)
                table[i, j] = i == 0 || j == 0 ? i + j : Cheapest(table, first, second, i, j);
        }

        return table[first.Length, second.Length];
    }

    private static int Cheapest(int[,] table, string first, string second, int i, int j)
    {
        var best = Math.Min(
            Math.Min(table[i - 1, j], table[i, j - 1]) + 1, table[i - 1, j - 1] + (first[i - 1] == second[j - 1] ? 0 : 1));
        var isSwapped = i > 1 && j > 1 && first[i - 1] == second[j - 2] && first[i - 2] == second[j - 1];
        return isSwapped ? Math.Min(best, table[i - 2, j - 2] + 1) : best;
    }
}
