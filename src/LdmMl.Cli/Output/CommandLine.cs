using System.CommandLine;

namespace LdmMl.Cli.Output;

/// <summary>The command line as a person would type it again.</summary>
internal static class CommandLine
{
    public static string Of(ParseResult parsed) => string.Join(' ', parsed.Tokens.Select(token => Quote(token.Value)).Prepend("ldmml"));

    // What a shell takes as it is needs no quotes.
    private static string Quote(string word) => word.Length > 0 && word.All(IsPlain)
        ? word
        : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    private static bool IsPlain(char letter) => char.IsLetterOrDigit(letter) || "-_./:=,+%@".Contains(letter, StringComparison.Ordinal);
}
