using System.CommandLine;
using System.Globalization;

namespace LdmMl.Cli.Commands;

/// <summary>Options that mean the same in every command, and what holds of many.</summary>
internal static class CommonOptions
{
    public static Option<FileInfo?> Json() => new("--json") { Description = "Also write the result to this file, for machines.", HelpName = "FILE" };

    /// <summary>The largest side of an image that the commands take, in pixels: a batch of larger ones is beyond any machine's memory.</summary>
    public const int LargestSize = 4096;

    /// <summary>Refuses smaller values with a sentence that names the option.</summary>
    public static void AtLeast(Option option, int least) => Within(option, least, int.MaxValue);

    /// <summary>Refuses values outside a range with a sentence that names the option. What is no integer, the parser refuses by itself.</summary>
    public static void Within(Option option, int least, int most) =>
        option.Validators.Add(result =>
        {
            if (result.Tokens is not [{ Value: var text }]
                || !int.TryParse(text, CultureInfo.InvariantCulture, out var value)
                || (value >= least && value <= most))
            {
                return;
            }
            result.AddError(value < least
                ? $"{option.Name} is {value}; it must be at least {least}."
                : $"{option.Name} is {value}; it must be at most {most}.");
        });
}
