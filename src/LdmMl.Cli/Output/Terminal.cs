using Spectre.Console;

namespace LdmMl.Cli.Output;

/// <summary>The two streams of the tool: results on standard output, everything else on standard error.</summary>
internal static class Terminal
{
    private static readonly IAnsiConsole Errors = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

    /// <summary>Gets or sets whether another process speaks and writes for this one; errors are said all the same.</summary>
    public static bool IsQuiet { get; set; }

    /// <summary>Gets whether standard error is a terminal, where progress bars can be drawn.</summary>
    public static bool IsInteractive => !IsQuiet && !Console.IsErrorRedirected && Errors.Profile.Capabilities.Interactive;

    /// <summary>Gets the console of progress bars and messages.</summary>
    public static IAnsiConsole Messages => Errors;

    public static void Write(Spectre.Console.Rendering.IRenderable renderable)
    {
        if (IsQuiet)
            return;

        // A table must not be wrapped at 80 columns in a pipe: the next program reads whole lines.
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = 240;
        AnsiConsole.Write(renderable);
    }

    /// <summary>Writes a text to standard output as it is.</summary>
    public static void Raw(string text)
    {
        if (!IsQuiet)
            Console.Out.Write(text);
    }

    public static void WriteLine(string line) => Raw(line + Environment.NewLine);

    public static void Message(string line)
    {
        if (!IsQuiet)
            Console.Error.WriteLine(line);
    }

    public static void Error(string sentence)
    {
        if (IsInteractive)
            Errors.MarkupLineInterpolated($"[red]{sentence}[/]");
        else
            Console.Error.WriteLine(sentence);      // never folded to a width: paths stay whole
    }
}
