using System.CommandLine;
using LdmMl.Cli.Arguments;

namespace LdmMl.Cli.Tests.Commands;

public class WrongUseTests
{
    [Theory]
    [InlineData("docto")]
    [InlineData("doctor", "--nonsense")]
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
    [InlineData("--seed is 'x'; it must be a whole number from -9223372036854775808 to 9223372036854775807.", "generate", "--seed", "x")]
    [InlineData("--guidance is 'high'; it must be a number.", "generate", "--guidance", "high")]
    [InlineData("--precision is 'half'; it must be one of float32, bfloat16.", "reconstruct", "--precision", "half")]
    public void A_value_of_the_wrong_type_is_refused_with_an_explanation(string sentence, params string[] arguments)
    {
        var run = ToolRun.Start(arguments);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(sentence, run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("info", "emoji-ldm")]
    [InlineData("generate", "--model", "emoji-ldm", "--out", "out")]
    public void The_message_about_a_missing_model_lists_the_installed_ones(params string[] arguments) =>
        Assert.Contains("'ldmml models' lists the installed models.", ToolRun.Start(arguments).Errors, StringComparison.Ordinal);

    [Theory]
    [InlineData]
    [InlineData("train")]
    public void A_command_without_its_subcommand_shows_its_help(params string[] arguments)
    {
        var run = ToolRun.Start(arguments);

        Assert.Equal((2, ""), (run.ExitCode, run.Errors));
        Assert.Contains("COMMAND [options]", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'ldmml' has no command 'docter'. Did you mean 'doctor'?", "docter")]
    [InlineData("'ldmml' has no command 'frobnicate'.", "frobnicate")]
    [InlineData("'ldmml train' has no command 'difusion'. Did you mean 'diffusion'?", "train", "difusion")]
    [InlineData("'ldmml generate' has no option '--guidence'. Did you mean '--guidance'?", "generate", "--guidence", "2", "--model", "m")]
    [InlineData("'ldmml generate' has no option '--guidence'. Did you mean '--guidance'?", "generate", "--model", "m", "--label", "flags", "--guidence", "2", "--out", "o")]
    [InlineData("'ldmml generate' has no option '--stps'. Did you mean '--steps'?", "generate", "--model", "m", "--out", "--stps", "2")]
    [InlineData("'ldmml generate' has no option '--modle'. Did you mean '--model'?", "generate", "--modle", "m", "--out", "o")]
    [InlineData("'ldmml doctor' has no argument 'now'.", "doctor", "now")]
    [InlineData("--sampler is 'eular'; it must be one of ", "generate", "--sampler", "eular")]
    [InlineData(". Did you mean 'euler'?", "generate", "--sampler", "eular")]
    [InlineData("--check is 'vg'; it must be one of vgg, ", "weights", "--check", "vg")]
    [InlineData("NAME is 'inceptoin'; it must be one of ", "weights", "download", "inceptoin")]
    public void A_mistyped_name_gets_a_suggestion(string sentence, params string[] arguments)
    {
        var run = ToolRun.Start(arguments);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(sentence, run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_version_is_printed() => Assert.Matches("^[0-9]+\\.[0-9]+\\.[0-9]+[^\n]*\n?$", ToolRun.Start("--version").Output.ReplaceLineEndings("\n"));

    [Fact]
    public void Every_number_refuses_a_comma_and_says_how_to_write_it()
    {
        var all = Commands(Tool.Commands).SelectMany(command => command.Options.Select(option => (command, option)))
            .Where(pair => (Nullable.GetUnderlyingType(pair.option.ValueType) ?? pair.option.ValueType) == typeof(double)).ToArray();

        Assert.True(all.Length >= 18, $"{all.Length}");
        Assert.All(all, pair => Assert.Contains(
            pair.command.Parse([pair.option.Name, "2,5"]).Errors,
            error => error.Message == $"{pair.option.Name} is '2,5', which is not a number; write 2.5."));
        Assert.All(all, pair => Assert.DoesNotContain(
            pair.command.Parse([pair.option.Name, "-2.5e-3"]).Errors, error => error.Message.Contains(pair.option.Name, StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_command_has_help_with_an_example_and_every_option_in_a_group() => Assert.All(Commands(Tool.Commands), command =>
    {
        var tool = Assert.IsType<ToolCommand>(command);
        Assert.NotEmpty(tool.Examples);
        Assert.All(tool.Examples, example => Assert.StartsWith("ldmml ", example, StringComparison.Ordinal));
        Assert.All(tool.Options.Where(option => !option.Recursive && option is not VersionOption),
            option => Assert.Contains(tool.Groups, group => group.Options.Contains(option)));
        Assert.All(tool.Options, option => Assert.NotEmpty(option.Description ?? ""));
    });

    [Fact]
    public void Every_example_of_the_help_is_a_command_line_that_parses() =>
        Assert.All(Commands(Tool.Commands).Cast<ToolCommand>().SelectMany(command => command.Examples), example =>
        {
            var words = System.CommandLine.Parsing.CommandLineParser.SplitCommandLine(example).Skip(1).ToArray();
            Assert.DoesNotContain(Tool.Commands.Parse(words).Errors, _ => !words.Contains("--help"));
        });

    [Fact]
    public void Help_wraps_its_lines() =>
        Assert.All(ToolRun.Start("train", "diffusion", "--help").Output.Split("Examples:")[0].Split('\n'), line => Assert.InRange(line.Length, 0, 100));

    private static IEnumerable<Command> Commands(Command command) => [command, .. command.Subcommands.SelectMany(Commands)];

    [Fact]
    public void Help_lists_the_commands()
    {
        var run = ToolRun.StartProcess("--help");

        Assert.Equal(0, run.ExitCode);
        foreach (var word in new[] { "ldmml COMMAND [options]", "doctor", "info", "reconstruct", "train" })
            Assert.Contains(word, run.Output, StringComparison.Ordinal);
    }
}
