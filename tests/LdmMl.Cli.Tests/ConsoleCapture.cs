using System.Runtime.CompilerServices;

namespace LdmMl.Cli.Tests;

/// <summary>The output of one run of the tool on its two streams, while other runs take place in the same process.</summary>
internal sealed class ConsoleCapture : IDisposable
{
    private static readonly AsyncLocal<ConsoleCapture?> Current = new();

    private readonly StringWriter output = new(), errors = new();

    public string Output => Text(output);

    public string Errors => Text(errors);

    public static ConsoleCapture Begin() => Current.Value = new();

    public void Dispose() => Current.Value = null;

    // Before any type of the tool stores a stream. The console itself synchronises what is written to it.
    [ModuleInitializer]
    internal static void Install()
    {
        Console.SetOut(new Router(Console.Out, capture => capture.output));
        Console.SetError(new Router(Console.Error, capture => capture.errors));
    }

    private static string Text(StringWriter writer)
    {
        lock (writer)
            return writer.ToString();
    }

    /// <summary>A stream of the process that forwards to the run to which the writing thread belongs.</summary>
    private sealed class Router(TextWriter outside, Func<ConsoleCapture, TextWriter> stream) : TextWriter
    {
        public override System.Text.Encoding Encoding => outside.Encoding;

        public override void Write(char value) => Write([value], 0, 1);

        public override void Write(string? value) => Write(value?.ToCharArray() ?? []);

        public override void Write(char[] buffer, int index, int count)
        {
            var writer = Current.Value is { } capture ? stream(capture) : outside;
            lock (writer)
                writer.Write(buffer, index, count);
        }
    }
}
