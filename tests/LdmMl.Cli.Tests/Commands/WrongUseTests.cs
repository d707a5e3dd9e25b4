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

    [Theory]
    [InlineData("--size is 'abc'; it must be a whole number below 2147483648.", "reconstruct", "--size", "abc")]
    [InlineData("--batch is '1.5'; it must be a whole number below 2147483648.", "score", "--batch", "1.5")]
    [InlineData("--width is '99999999999'; it must be a whole number below 2147483648.", "generate", "--width", "99999999999")]
    [InlineData("--count is 'many'; it must be a whole number below 2147483648.", "generate", "--count", "many")]
    [InlineData("--examples is 'x'; it must be a whole number below 2147483648.", "compare", "a", "b", "--examples", "x")]
    [InlineData("--epochs is '1e3'; it must be a whole number below 2147483648.", "train", "autoencoder", "--epochs", "1e3")]
    [InlineData("--multipliers is '1 x'; it must be a whole number below 2147483648, or several.", "train", "autoencoder", "--multipliers", "1", "x")]
    [InlineData("--seed is 'x'; it must be a whole number.", "generate", "--seed", "x")]
    [InlineData("--guidance is 'high'; it must be a number.", "generate", "--guidance", "high")]
    [InlineData("--precision is 'half'; it must be one of Float32, BFloat16.", "reconstruct", "--precision", "half")]
    public void A_value_of_another_kind_is_refused_with_a_sentence(string sentence, params string[] arguments)
    {
        var run = ToolRun.Start(arguments);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(sentence, run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", run.Errors, StringComparison.Ordinal);
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
