namespace LdmMl.Cli.Output;

/// <summary>Shows sentences of the library as messages.</summary>
internal sealed class MessageLines : IProgress<string>
{
    public void Report(string value) => Terminal.Message(value);
}
