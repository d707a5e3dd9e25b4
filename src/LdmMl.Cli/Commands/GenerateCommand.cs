using System.CommandLine;
using LdmMl.Cli.Arguments;
using LdmMl.Cli.Generating;
using LdmMl.Cli.Output;
using LdmMl.Cli.Sharding;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models;

namespace LdmMl.Cli.Commands;

/// <summary><c>ldmml generate</c>: images from seeds and labels, on one machine or on many with the same result.</summary>
internal static class GenerateCommand
{
    private static readonly Option<string> Model = new("--model")
    {
        Description = "The model: a name that 'ldmml models' lists, a diffusers folder, or a checkpoint with its YAML.", Required = true,
        HelpName = "MODEL",
    };
    private static readonly ModelOptions Opening = new();
    private static readonly Option<int?> Count = Values.OptionalWhole(
        "--count", "The number of images; by default one, or one for each label and each image of --init.");
    private static readonly Option<long> Seed = Values.Seed("Image n has the seed S + n, so the same S gives the same images.", 0);
    private static readonly Option<string[]> Label = new("--label")
    {
        Description = "What to generate, by name in any case or by number; several take turns, 'all' means all labels of the model.",
        HelpName = "LABEL", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [],
    };
    private static readonly Option<DirectoryInfo> Out = new("--out")
    {
        Description = "The folder for the images. Existing images are kept if they were generated with the same settings.", Required = true,
    };
    private static readonly Option<FileInfo?> Grid = new("--grid") { Description = "Also write all images into one grid." };
    private static readonly Option<int> Batch = CommonOptions.Batch(
        "How many images are computed at once; it changes the time, not the images.", 8);
    private static readonly Option<string?> ShardOption = new("--shard")
    {
        Description = "Generate only the i-th of n parts, counted from 0; by default as Open MPI, MPICH, SLURM or Kubernetes says.", HelpName = "i/n",
    };
    private static readonly OutputOptions Output = new();

    public static Command Create()
    {
        var command = new ToolCommand("generate", "Generates images from seeds and labels with a latent diffusion model.")
        {
            Examples =
            [
                "ldmml generate --model emoji --label flags --count 24 --guidance 2 --out flags --grid flags.png",
                "ldmml generate --model emoji --label all --sampler euler-ancestral --steps 30 --out all",
                "ldmml generate --model MODEL --prompt \"a red fox in the snow\" --negative blurry --out foxes",
                "ldmml generate --model MODEL --lora ink.safetensors:0.7 --prompt \"a harbour\" --out ink",
                "ldmml generate --model MODEL --init sketches --strength 0.6 --out painted",
            ],
        };
        command.With("What to draw", [Model, .. AdapterOptions.All, Label, .. PromptOptions.All, .. TextOptions.All, Count, Seed]).With("Sampling", GenerationOptions.Sampling)
            .With("Starting from images", GenerationOptions.Begin).With("Computing", [.. Opening.All, Batch, ShardOption])
            .With("Output", [Out, Grid, .. Output.All]);
        command.SetHandler(Run);
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var initials = GenerationOptions.ReadInitials(parsed);
        var (shard, from) = ShardOptions.ReadShard(parsed, ShardOption);
        using var opened = TextOptions.Open(parsed, Opening, parsed.GetRequiredValue(Model));
        using var model = AdapterOptions.Apply(parsed, opened);
        var settings = GenerationOptions.ReadSettings(parsed, model.Config);
        var texts = PromptOptions.Read(parsed, model, settings.GuidanceScale);
        var generation = new ImageGeneration
        {
            Model = model, Settings = settings,
            Initials = GenerationOptions.ReaderFor(parsed, model), BatchSize = parsed.GetValue(Batch),
        };
        var plan = new GenerationPlan
        {
            Texts = texts, Seed = parsed.GetValue(Seed), Labels = LabelChoice.Find(model.Config.Conditioning, parsed.GetRequiredValue(Label)),
            Initials = initials,
        };
        GenerationOptions.CheckGuidance(parsed, model.Config.Conditioning, plan.Labels.Count > 0 || texts.Prompts.Count > 0);
        var target = new GenerationFolder(parsed.GetRequiredValue(Out), GenerationRecord.Of(plan, generation, TextOptions.Described(parsed)));
        var count = parsed.GetValue(Count) ?? plan.UsualCount;
        var images = Enumerable.Range(0, count).Where(number => shard.Has(number)).Select(number => plan[number]).ToArray();
        target.Check(images);
        CheckOutputs(parsed, target.IsContinued);

        if (shard.Count > 1)
            Terminal.Message($"shard {shard}{(from is null ? "" : $", as {from} say")}: {images.Length} of {Counted.Of(count, "image")}");
        var report = new GenerationReport(generation, images, target) { Shard = shard, Count = count };
        var outcome = Generate(generation, report, target, cancellation);
        return Finish(parsed, report, outcome);
    }

    private static void CheckOutputs(ParseResult parsed, bool continues)
    {
        if (GenerationOptions.InitFolder(parsed) is { } init)
            OutputFolder.CheckApart(parsed.GetRequiredValue(Out), init);
        OutputFolder.Check("--out", parsed.GetRequiredValue(Out));
        Output.Check(parsed, "--grid", parsed.GetValue(Grid), continues);
        Output.Check(parsed, continues);
    }

    // An interruption ends the work between two steps; what is finished is kept and reported.
    private static bool Generate(ImageGeneration generation, GenerationReport report, GenerationFolder target, CancellationToken cancellation)
    {
        var (todo, total) = (report.Missing, report.Images.Count);
        if (todo.Count < total)
            Terminal.Message($"{total - todo.Count} of {Counted.Of(total, "image")} exist already.");
        try
        {
            ProgressDisplay.Run("generate", show => GenerationOptions.Terms.Run(() => generation.Run(
                todo, target, report.Finish, at => show(at.Share(todo.Count), at.Describe(total - todo.Count, total)), cancellation)));
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
        Output.Write(parsed, report.Document(parsed.GetRequiredValue(Model), isComplete));
        if (isComplete)
            return ExitCode.Success;
        Terminal.Error("Interrupted; the same command continues from there.");
        return ExitCode.Interrupted;
    }
}
