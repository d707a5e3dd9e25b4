using System.CommandLine;
using LdmMl.Cli.Arguments;
using LdmMl.Cli.Output;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Perceptual;
using Spectre.Console;

namespace LdmMl.Cli.Commands;

/// <summary><c>ldmml info MODEL</c>: what a model is, what it takes and gives, and what its files held.</summary>
internal static class InfoCommand
{
    private static readonly Argument<string> Model = new("MODEL")
    {
        Description = AnyModel.Description + "; or a folder of models to list.",
    };

    private static readonly ModelOptions Opening = new();
    private static readonly OutputOptions Output = new();

    public static Command Create()
    {
        var command = new ToolCommand("info", "Shows the kind of a model, its inputs and outputs, and the content of its files.")
        {
            Examples = ["ldmml info emoji", "ldmml info model.ckpt --weights ema --json model.json", "ldmml info examples/models"],
        };
        command.Arguments.Add(Model);
        command.With("Opening", Opening.Weights).With("Output", Output.All);
        command.SetHandler((parsed, _) => Run(parsed));
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        Output.Check(parsed);
        var (rows, document) = Inspect(parsed, parsed.GetRequiredValue(Model));
        var table = new Table().Border(TableBorder.None).HideHeaders().AddColumns("what", "value");
        foreach (var (what, value) in rows)
            table.AddRow(new Text(what), new Text(value));
        Terminal.Write(table);
        Output.Write(parsed, document);
        return ExitCode.Success;
    }

    private static (IEnumerable<(string What, string Value)> Rows, object Document) Inspect(ParseResult parsed, string path)
    {
        if (ModelList.In(path) is { } list)
            return (list.Rows(), list);
        using var model = AnyModel.Open(parsed, Opening, path);
        switch (model)
        {
            case LatentDiffusionModel whole:
                var facts = DiffusionInfo.Of(whole);
                return (facts.Rows(), facts);
            case AutoencoderModel autoencoder:
                var info = ModelInfo.Of(autoencoder);
                return (info.Rows(), info);
            default:
                var distance = PerceptualInfo.Of((PerceptualModel)model);
                return (distance.Rows(), distance);
        }
    }
}
