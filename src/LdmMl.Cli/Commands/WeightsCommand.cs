using System.CommandLine;
using LdmMl.Cli.Arguments;
using LdmMl.Cli.Output;
using LdmMl.Torch.Checkpoints.Published;

namespace LdmMl.Cli.Commands;

/// <summary><c>ldmml weights</c>: which published weights are here, where the others come from, and how they get here.</summary>
internal static class WeightsCommand
{
    private static readonly Option<string[]> Check = new("--check")
    {
        Description = $"Fail unless these are present and undamaged: {WeightSets.Description()}, or single files; without a name, all.",
        HelpName = "NAME",
        Arity = ArgumentArity.ZeroOrMore,
        CustomParser = result => Values.Names(result, WeightSets.Names),
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly OutputOptions Output = new();

    public static Command Create()
    {
        var command = new ToolCommand("weights", "Lists, downloads and converts the published weights that LPIPS, FID and other features need.")
        {
            Examples = ["ldmml weights", "ldmml weights --check vgg inception", "ldmml weights download vgg"],
        };
        command.With("Checking", Check).With("Output", Output.All);
        command.Subcommands.Add(WeightsDownloadCommand.Create());
        command.Subcommands.Add(WeightsImportCommand.Create());
        command.Subcommands.Add(WeightsConvertCommand.Create());
        command.SetHandler((parsed, _) => Run(parsed));
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        Output.Check(parsed);
        var cache = new WeightCache();
        var files = PublishedFiles.All.Select(cache.Check).ToArray();
        WeightReport.Write(cache, files);
        WeightReport.WriteTerms(PublishedFiles.All, Terminal.WriteLine);
        Output.Write(parsed, WeightReport.Json(cache, files));

        // A missing file is not an error unless somebody needs it; a damaged one always is.
        var needed = parsed.GetResult(Check) is null ? [] : WeightSets.FilesOf(parsed.GetValue(Check) ?? []);
        var wanting = files.Where(status => status.State == PublishedFileState.Damaged
            || (status.State == PublishedFileState.Missing && needed.Contains(status.File))).ToArray();
        if (wanting.Length == 0)
            return ExitCode.Success;
        var names = string.Join(' ', wanting.Select(status => status.File.Name));
        Terminal.Error(
            $"Missing or damaged: {names}. 'ldmml weights download {names}' downloads them; " +
            "without a connection, 'ldmml weights import FOLDER' takes them from a folder.");
        return ExitCode.CheckFailed;
    }
}
