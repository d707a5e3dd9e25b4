using System.CommandLine;

namespace LdmMl.Cli.Commands;

/// <summary>Options that mean the same in every command.</summary>
internal static class CommonOptions
{
    public static Option<FileInfo?> Json() => new("--json") { Description = "Also write the result to this file, for machines.", HelpName = "FILE" };
}
