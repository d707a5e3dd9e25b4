using System.CommandLine;
using LdmMl.Cli.Generating;
using LdmMl.Cli.Output;
using LdmMl.Cli.Sharding;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models;

namespace LdmMl.Cli.Commands;

/// <summary><c>ldmml generate</c>: images out of seeds and labels, on one machine or many, which make the same as one.</summary>
internal static class GenerateCommand
{
    private static readonly Option<string> Model = new("--model")
    {
        Description = "The model: a diffusers folder, or a checkpoint with its YAML.", Required = true,
    };
    private static readonly Option<string> Weights = ModelOptions.Weights();
    private static readonly Option<int?> Count = new("--count")
    {
        Description = "How many images; without it one, or one for each label and each image of --init.",
    };
    private static readonly Option<long> Seed = new("--seed")
    {
        Description = "Image n comes from the seed S + n, so the same S gives the same images.", DefaultValueFactory = _ => 0,
    };
    private static readonly Option<string[]> Label = new("--label")
    {
        Description = "What to make, by name or number; several are made in turn, 'all' are all that the model knows.",
        HelpName = "LABEL", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [],
    };
    private static readonly Option<DirectoryInfo> Out = new("--out")
    {
        Description = "The folder for the images. Those that are there already are kept, if they were made with the same settings.", Required = true,
    };
    private static readonly Option<FileInfo?> Grid = new("--grid") { Description = "Also write all images on one sheet.", HelpName = "FILE" };
    private static readonly Option<int> Batch = new("--batch")
    {
        Description = "How many images are computed at once; it changes the time, not the images.", DefaultValueFactory = _ => 8,
    };
    private static readonly Option<ModelPrecision> Precision = new("--precision")
    {
        Description = "The number format of the networks.", DefaultValueFactory = _ => ModelPrecision.Float32,
    };
    private static readonly Option<ConvolutionMode> Convolutions = ModelOptions.Convolutions();
    private static readonly Option<string?> ShardOption = new("--shard")
    {
        Description = "Make only the i-th of n parts, counted from 0; without it as Open MPI, SLURM or Kubernetes says.", HelpName = "i/n",
    };
    private static readonly Option<FileInfo?> Json = CommonOptions.Json();

    public static Command Create()
    {
        CommonOptions.AtLeast(Count, 1);
        CommonOptions.AtLeast(Batch, 1);
        GenerationOptions.Validate();
        var command = new Command("generate", "Makes images out of seeds and labels with a latent diffusion model.");
        foreach (var option in (Option[])
            [Model, Weights, Count, Seed, Label, .. GenerationOptions.All, Out, Grid, Batch, Precision, Convolutions, ShardOption, Json])
        {
            command.Options.Add(option);
        }

        command.SetHandler(Run);
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var initials = GenerationOptions.ReadInitials(parsed);
        var (shard, from) = ReadShard(parsed);
        using var model = ModelOptions.LoadDiffusion(
            parsed.GetRequiredValue(Model), parsed.GetRequiredValue(Weights), parsed.GetRequiredValue(Convolutions),
            parsed.GetValue(Precision));
        var generation = new ImageGeneration
        {
            Model = model, Settings = GenerationOptions.ReadSettings(parsed, model.Config),
            Initials = GenerationOptions.ReaderFor(parsed, model), BatchSize = parsed.GetValue(Batch),
        };
        var plan = new GenerationPlan
        {
            Seed = parsed.GetValue(Seed), Labels = LabelChoice.Find(model.Config.Conditioning, parsed.GetRequiredValue(Label)), Initials = initials,
        };
        CheckOutputs(parsed);
        var target = new GenerationFolder(parsed.GetRequiredValue(Out), GenerationRecord.Of(plan, generation));
        var count = parsed.GetValue(Count) ?? plan.UsualCount;
        var images = Enumerable.Range(0, count).Where(number => shard.Has(number)).Select(number => plan[number]).ToArray();
        target.Check(images);

        if (shard.Count > 1)
            Terminal.Message($"shard {shard}{(from is null ? "" : $", as {from} say")}: {images.Length} of {count} images");
        var report = new GenerationReport(generation, images, target) { Shard = shard, Count = count };
        var outcome = Generate(generation, report, target, cancellation);
        return Finish(parsed, report, outcome);
    }

    private static (Shard Shard, string? From) ReadShard(ParseResult parsed)
    {
        if (parsed.GetValue(ShardOption) is { } text)
            return (Shard.Parse(text), null);
        return ShardEnvironment.OfProcess.Read() is var (shard, from) ? (shard, from) : (Shard.Whole, null);
    }

    private static void CheckOutputs(ParseResult parsed)
    {
        if (GenerationOptions.InitFolder(parsed) is { } init)
            OutputFolder.CheckApart(parsed.GetRequiredValue(Out), init);
        OutputFolder.Check("--out", parsed.GetRequiredValue(Out));
        OutputFile.Check("--grid", parsed.GetValue(Grid));
        JsonOutput.Check(parsed.GetValue(Json));
        OutputFile.CheckApart("--grid", parsed.GetValue(Grid), "--json", parsed.GetValue(Json));
    }

    // An interruption ends the work between two steps; what is finished is kept and reported.
    private static bool Generate(ImageGeneration generation, GenerationReport report, GenerationFolder target, CancellationToken cancellation)
    {
        var (todo, total) = (report.Missing, report.Images.Count);
        if (todo.Count < total)
            Terminal.Message($"{total - todo.Count} of {total} images are there already.");
        try
        {
            ProgressDisplay.Run("generate", show => generation.Run(
                todo, target, report.Finish, at => show(at.Share(todo.Count), at.Describe(total - todo.Count, total)), cancellation));
            return true;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    private static int Finish(ParseResult parsed, GenerationReport report, bool isComplete)
    {
        Terminal.WriteLine(report.Summary(parsed.GetRequiredValue(Out)));
        if (parsed.GetValue(Grid) is { } grid && report.WriteGrid(grid))
            Terminal.WriteLine($"grid: {grid}");
        JsonOutput.Write(parsed.GetValue(Json), report.Document(parsed.GetRequiredValue(Model), isComplete));
        if (isComplete)
            return ExitCode.Success;
        Terminal.Error("Interrupted; the same command goes on from there.");
        return ExitCode.Interrupted;
    }
}
