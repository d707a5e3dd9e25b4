using System.CommandLine;
using LdmMl.Cli.Arguments;
using LdmMl.Cli.Output;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.Perceptual;
using Spectre.Console;

namespace LdmMl.Cli.Commands;

/// <summary><c>ldmml info MODEL</c>: what a model is, what it takes and gives, and what its files held.</summary>
internal static class InfoCommand
{
    private static readonly Argument<string> Model = new("MODEL")
    {
        Description = "An autoencoder, a whole latent diffusion model or a perceptual distance: a name that 'ldmml models' lists, "
            + "a diffusers folder, a .ckpt or .safetensors file (with its YAML where it has one), or TAESD files; "
            + "or a folder of models, which are listed.",
    };

    private static readonly ModelOptions Opening = new();
    private static readonly OutputOptions Output = new();

    public static Command Create()
    {
        var command = new ToolCommand("info", "Shows what a model is, what it takes and gives, and what its files contain.")
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
        return WholeModel.MayBe(path) ? InspectWhole(parsed, path) : InspectPart(parsed, path);
    }

    // A file that lies beside the YAML of a whole model may be its autoencoder alone.
    private static (IEnumerable<(string What, string Value)> Rows, object Document) InspectWhole(ParseResult parsed, string path)
    {
        try
        {
            using var whole = Opening.LoadDiffusion(parsed, path);
            var facts = DiffusionInfo.Of(whole);
            return (facts.Rows(), facts);
        }
        catch (CheckpointException) when (File.Exists(path) && Try(() => InspectPart(parsed, path)) is { } part)
        {
            return part;
        }
    }

    private static (IEnumerable<(string What, string Value)> Rows, object Document) InspectPart(ParseResult parsed, string path)
    {
        try
        {
            using var model = Opening.Load(parsed, path);
            var info = ModelInfo.Of(model);
            return (info.Rows(), info);
        }
        catch (CheckpointException) when (File.Exists(path) && Try(() => InspectPerceptual(path)) is { } perceptual)
        {
            return perceptual;
        }
    }

    private static (IEnumerable<(string What, string Value)> Rows, object Document) InspectPerceptual(string path)
    {
        using var model = OpenPerceptual(path);
        var info = PerceptualInfo.Of(model);
        return (info.Rows(), info);
    }

    private static PerceptualModel OpenPerceptual(string path)
    {
        try
        {
            return PerceptualModel.Load(path);
        }
        catch (CheckpointException)
        {
            return PerceptualModel.LoadUncalibrated(path);
        }
    }

    private static T? Try<T>(Func<T> open)
        where T : struct
    {
        try
        {
            return open();
        }
        catch (CheckpointException)
        {
            return null;
        }
    }
}
