namespace LdmMl.Cli.Tests.Commands;

public class WrongUseTests
{
    [Theory]
    [InlineData("docto")]
    [InlineData("doctor", "--nonsense")]
    [InlineData]
    public void Wrong_use_ends_with_2_and_says_where_the_help_is(params string[] arguments)
    {
        var run = ToolRun.StartProcess(arguments);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--help' shows how it is used.", run.Errors, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Fact]
    public void Help_lists_the_commands()
    {
        var run = ToolRun.StartProcess("--help");

        Assert.Equal(0, run.ExitCode);
        foreach (var word in new[] { "ldmml [command]", "doctor", "info", "reconstruct", "train" })
            Assert.Contains(word, run.Output, StringComparison.Ordinal);
    }
}
