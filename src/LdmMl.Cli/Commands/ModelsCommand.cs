using System.CommandLine;
using LdmMl.Cli.Arguments;
using LdmMl.Cli.Output;
using LdmMl.Torch.Models;
using Spectre.Console;

namespace LdmMl.Cli.Commands;

/// <summary><c>ldmml models</c>: the models that open by name.</summary>
internal static class ModelsCommand
{
    private static readonly OutputOptions Output = new();

    public static Command Create()
    {
        var command = new ToolCommand("models", "Lists the installed models, which every command opens by name.")
        {
            Examples = ["ldmml models", "ldmml generate --model emoji --label all --guidance 2 --out out --grid grid.png"],
        };
        command.With("Output", Output.All).SetHandler((parsed, _) => Run(parsed));
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        Output.Check(parsed);
        var models = InstalledModels.List();
        var table = new Table().Border(TableBorder.None).HideHeaders().AddColumns("name", "kind", "path");
        foreach (var model in models)
            table.AddRow(new Text(model.Name), new Text(Describe(model.Kind)), new Text(model.Path));
        Terminal.Write(table);
        if (models.Count == 0)
            Terminal.WriteLine($"No model is installed; the environment variable {InstalledModels.FoldersVariable} can name folders with models.");
        Output.Write(parsed, models.Select(model => new { model.Name, kind = model.Kind.ToString(), model.Path }));
        return ExitCode.Success;
    }

    private static string Describe(InstalledModelKind kind) => kind switch
    {
        InstalledModelKind.Autoencoder => "autoencoder",
        InstalledModelKind.Diffusion => "latent diffusion model",
        _ => "perceptual distance",
    };
}
