using System.CommandLine;
using System.CommandLine.Invocation;
using LdmMl.Cli.Output;

namespace LdmMl.Cli.Arguments;

/// <summary>What <c>--help</c> does.</summary>
internal sealed class ShowHelp : SynchronousCommandLineAction
{
    // The line length for files and pipes.
    private const int WidthOfFiles = 100, Narrowest = 60, Widest = 120;

    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <summary>Writes the help of a command to standard output.</summary>
    public static void Write(Command command)
    {
        var width = Console.IsOutputRedirected ? WidthOfFiles : Math.Clamp(Console.WindowWidth, Narrowest, Widest);
        Terminal.Raw(HelpPage.Of(command, width));
    }

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        Write(parseResult.CommandResult.Command);
        return ExitCode.Success;
    }
}
