using System.CommandLine;
using LdmMl.Cli.Arguments;
using LdmMl.Cli.Output;
using LdmMl.Cli.Sharding;

namespace LdmMl.Cli.Commands;

/// <summary><c>ldmml merge DIR</c>: joins the parts of a job that several machines did into the results of one run.</summary>
internal static class MergeCommand
{
    private static readonly Dictionary<string, Func<PartSet, MergeTarget, int>> Commands = new(StringComparer.Ordinal)
    {
        [ReconstructCommand.Name] = ReconstructCommand.Merge,
        [ScoreCommand.Name] = ScoreCommand.Merge,
        [EvaluateCommand.Name] = EvaluateCommand.Merge,
        [CompareCommand.Name] = CompareCommand.Merge,
        [EncodeCommand.Name] = EncodeCommand.Merge,
    };

    private static readonly Argument<DirectoryInfo> Folder = new("DIR") { Description = "The folder of parts: the --parts of the machines." };

    private static readonly Option<string?> Out = new("--out")
    {
        Description = "What the command's own --out is: the report of compare, the folder of reconstruct and of encode.", HelpName = "FILE|FOLDER",
    };
    private static readonly OutputOptions Output = new();

    public static Command Create()
    {
        var command = new ToolCommand(
            "merge", "Joins the parts that 'reconstruct', 'score', 'evaluate', 'compare' or 'encode' wrote on several machines into the results of one run.")
        {
            Examples =
            [
                "ldmml merge parts --json scores.json",
                "ldmml merge parts --out report.html",
            ],
        };
        command.Arguments.Add(Folder);
        command.With("Output", [Out, .. Output.All]);
        command.SetHandler(Run);
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        Output.Check(parsed);
        using var parts = PartSet.Open(parsed.GetRequiredValue(Folder));
        var target = new MergeTarget(
            parsed.GetValue(Out), Output.Overwrites(parsed), document => Output.Write(parsed, document), cancellation);
        return Commands.TryGetValue(parts.Header.Command, out var merge) ? merge(parts, target) : throw new InvalidDataException(
            $"'{parts.Parts[0].Path}' is a part of '{parts.Header.Command}'; parts of {string.Join(", ", Commands.Keys)} can be merged.");
    }
}
