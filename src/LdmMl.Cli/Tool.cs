using System.CommandLine;
using System.CommandLine.Parsing;
using LdmMl.Cli.Arguments;
using LdmMl.Cli.Commands;
using LdmMl.Cli.Output;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Models;

namespace LdmMl.Cli;

/// <summary>The tool as a whole: its commands, and what every one of them does with errors, Ctrl-C and exit codes.</summary>
internal static class Tool
{
    private static readonly Option<bool> Verbose = new("--verbose") { Description = "Show the stack trace of an error.", Recursive = true };

    private static readonly Option<bool> Help = new("--help", "-h", "-?")
    {
        Description = "Show this help.", Recursive = true, Action = new ShowHelp(),
    };

    // Created once: every command has its own options, each checked by its own validators.
    private static readonly Lazy<Command> Root = new(CreateRoot);

    /// <summary>Gets the commands.</summary>
    public static Command Commands => Root.Value;

    /// <summary>Parses and runs a command line.</summary>
    /// <param name="arguments">The words after the tool's name.</param>
    /// <returns>0 success, 1 a check failed, 2 wrong use or an error, 130 interrupted.</returns>
    public static Task<int> RunAsync(string[] arguments)
    {
        var parsed = Root.Value.Parse(arguments);
        var command = parsed.CommandResult.Command;
        if (parsed.Action is not ShowHelp)
        {
            var isBare = parsed.UnmatchedTokens.Count == 0
                && !parsed.CommandResult.Children.Any(child => child is OptionResult { Implicit: false });
            if (isBare && command is { Action: null, Subcommands.Count: > 0 })
            {
                ShowHelp.Write(command);        // nothing was asked for
                return Task.FromResult(ExitCode.WrongUse);
            }

            if (parsed.Errors.Count > 0 || UsageErrors.TakenForValues(parsed).Any())
            {
                foreach (var sentence in UsageErrors.Sentences(parsed))
                    Terminal.Error(sentence);
                Terminal.Error($"'{HelpPage.PathOf(command)} --help' shows how it is used.");
                return Task.FromResult(ExitCode.WrongUse);
            }
        }

        return parsed.InvokeAsync(new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromMinutes(1),
        });
    }

    /// <summary>Creates the action of a command: errors become messages, an interruption ends cleanly.</summary>
    public static void SetHandler(this Command command, Func<ParseResult, CancellationToken, int> handler) =>
        command.SetAction((parsed, cancellation) => Task.Run(() =>
        {
            try
            {
                return handler(parsed, cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                Terminal.Error("Interrupted.");
                return ExitCode.Interrupted;
            }
            catch (Exception error)
            {
                Terminal.Error(parsed.GetValue(Verbose) ? error.ToString() : Sentence(error));
                return ExitCode.WrongUse;
            }
        }, CancellationToken.None));

    // Not a RootCommand, which would be named after the assembly.
    private static Command CreateRoot()
    {
        var root = new ToolCommand("ldmml", "Latent diffusion for .NET: inspect, train and measure models, and generate images.")
        {
            Examples =
            [
                "ldmml generate --model emoji --label all --guidance 2 --out out --grid grid.png",
                "ldmml reconstruct --model emoji --images photos --size 64 --out out",
                "ldmml generate --help",
            ],
        };
        foreach (var command in (Command[])
        [
            DoctorCommand.Create(), InfoCommand.Create(), GenerateCommand.Create(), ReconstructCommand.Create(), CompareCommand.Create(),
            EvaluateCommand.Create(), ScoreCommand.Create(), TrainCommand.Create(), ExportCommand.Create(), ModelsCommand.Create(),
            WeightsCommand.Create(), EncodeCommand.Create(), MergeCommand.Create(),
        ])
        {
            root.Subcommands.Add(command);
        }

        foreach (var option in (Option[])[Help, new VersionOption(), Verbose])
            root.Options.Add(option);
        return root;
    }

    /// <summary>Says what an exception says, in the tool's terms.</summary>
    /// <remarks>ML.NET wraps what a column's getter threw; the cause is what the user can act on.</remarks>
    public static string Sentence(Exception error) => error switch
    {
        AggregateException { InnerException: { } inner } => Sentence(inner),
        System.Reflection.TargetInvocationException { InnerException: { } inner } => Sentence(inner),
        TypeInitializationException { InnerException: { } inner } => Sentence(inner),
        WorkingMemoryException shortage => shortage.Shortage + (shortage.Fitting > 0
            ? $"Give --batch {shortage.Fitting}, or make them smaller." : "Make them smaller (--size, or --width and --height)."),
        OptionException => OptionTerms.Sentence(error),
        ArgumentException { ParamName: { } name } => OptionTerms.Sentence(error).Replace($" (Parameter '{name}')", "", StringComparison.Ordinal),
        _ => OptionTerms.Sentence(error),
    };
}
