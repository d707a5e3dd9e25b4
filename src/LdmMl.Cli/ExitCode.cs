namespace LdmMl.Cli;

/// <summary>What the tool returns to the shell.</summary>
internal static class ExitCode
{
    public const int Success = 0, CheckFailed = 1, WrongUse = 2, Interrupted = 130;
}
