using System.CommandLine;
using System.CommandLine.Parsing;
using LdmMl.Cli.Arguments;

namespace LdmMl.Cli.Commands;

/// <summary>What is wrong with a command line, in sentences.</summary>
internal static class UsageErrors
{
    /// <summary>Gets a sentence for each unknown word; where there is none, those of the options that are wrong or missing.</summary>
    public static IEnumerable<string> Sentences(ParseResult parsed)
    {
        // Errors that follow from a mistyped name, such as the option that is then missing, would only hide it.
        var words = parsed.UnmatchedTokens.Concat(TakenForValues(parsed)).ToArray();
        if (words.Length == 0)
            return parsed.Errors.Select(error => error.Message).Distinct();
        var options = words.Where(word => word.StartsWith('-')).ToArray();
        return (options.Length > 0 ? options : [words[0]]).Select(word => Unknown(parsed.CommandResult.Command, word));
    }

    /// <summary>Lists words that look like options but were taken as values: an option with several values takes a mistyped option as one of them.</summary>
    public static IEnumerable<string> TakenForValues(ParseResult parsed) => parsed.CommandResult.Children.OfType<OptionResult>()
        .SelectMany(option => option.Tokens).Select(token => token.Value).Where(word => word.StartsWith("--", StringComparison.Ordinal));

    private static string Unknown(Command command, string word)
    {
        var (kind, known) = word.StartsWith('-')
            ? ("option", command.Options.Where(option => !option.Hidden).Select(option => option.Name))
            : command.Subcommands.Count > 0
                ? ("command", command.Subcommands.Select(child => child.Name))
                : ("argument", (IEnumerable<string>)[]);
        return $"'{HelpPage.PathOf(command)}' has no {kind} '{word}'.{Suggestion.For(word, known)}";
    }
}
