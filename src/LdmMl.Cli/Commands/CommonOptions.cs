using System.CommandLine;

namespace LdmMl.Cli.Commands;

/// <summary>Options that mean the same in every command, and what holds of many.</summary>
internal static class CommonOptions
{
    public static Option<FileInfo?> Json() => new("--json") { Description = "Also write the result to this file, for machines.", HelpName = "FILE" };

    /// <summary>Refuses smaller values with a sentence that names the option.</summary>
    public static void AtLeast<T>(Option<T> option, int least) =>
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<T>() is int value && value < least)
                result.AddError($"{option.Name} is {value}; it must be at least {least}.");
        });
}
