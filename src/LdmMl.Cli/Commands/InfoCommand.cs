using System.CommandLine;
using LdmMl.Cli.Output;
using Spectre.Console;

namespace LdmMl.Cli.Commands;

/// <summary><c>ldmml info MODEL</c>: what a model is, what it takes and gives, and what its files held.</summary>
internal static class InfoCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("MODEL")
        {
            Description = "An autoencoder or a whole latent diffusion model: a diffusers folder, a .ckpt or .safetensors file with its YAML, "
                + "or TAESD files.",
        };
        var weights = ModelOptions.Weights();
        var json = CommonOptions.Json();
        var command = new Command("info", "Shows what a model is, what it takes and gives, and what its files held.") { model, weights, json };
        command.SetHandler((parsed, _) => Run(parsed.GetRequiredValue(model), parsed.GetRequiredValue(weights), parsed.GetValue(json)));
        return command;
    }

    private static int Run(string path, string weights, FileInfo? json)
    {
        JsonOutput.Check(json);
        if (ModelOptions.IsDiffusion(path))
        {
            using var whole = ModelOptions.LoadDiffusion(path, weights);
            var facts = DiffusionInfo.Of(whole);
            return Show(facts.Rows(), facts, json);
        }

        using var model = ModelOptions.Load(path, weights);
        var info = ModelInfo.Of(model);
        return Show(info.Rows(), info, json);
    }

    private static int Show(IEnumerable<(string What, string Value)> rows, object document, FileInfo? json)
    {
        var table = new Table().Border(TableBorder.None).HideHeaders().AddColumns("what", "value");
        foreach (var (what, value) in rows)
            table.AddRow(new Text(what), new Text(value));
        Terminal.Write(table);
        JsonOutput.Write(json, document);
        return ExitCode.Success;
    }
}
