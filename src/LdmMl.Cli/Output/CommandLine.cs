using System.CommandLine;

namespace LdmMl.Cli.Output;

/// <summary>The command line as a person would type it again.</summary>
internal static class CommandLine
{
    /// <summary>Formats a command line.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="without">Options with one value to leave out.</param>
    public static string Of(ParseResult parsed, params string[] without)
    {
        var words = parsed.Tokens.Select(token => token.Value).ToList();
        foreach (var option in without)
        {
            while (words.IndexOf(option) is >= 0 and var at)
                words.RemoveRange(at, Math.Min(2, words.Count - at));
        }

        return string.Join(' ', words.Select(Quote).Prepend("ldmml"));
    }

    // What a shell takes as it is needs no quotes.
    private static string Quote(string word) => word.Length > 0 && word.All(IsPlain)
        ? word
        : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    private static bool IsPlain(char letter) => char.IsLetterOrDigit(letter) || "-_./:=,+%@".Contains(letter, StringComparison.Ordinal);
}
