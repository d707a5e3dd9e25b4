using System.CommandLine;
using LdmMl.Cli.Arguments;
using LdmMl.Cli.Output;
using LdmMl.Cli.Pipelines;
using LdmMl.Cli.Sharding;
using LdmMl.Evaluation;
using LdmMl.Files;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Features;
using Microsoft.ML;

namespace LdmMl.Cli.Commands;

/// <summary><c>ldmml evaluate</c>: how near a set of generated images is to a set of real ones.</summary>
internal static class EvaluateCommand
{
    /// <summary>The command's name.</summary>
    public const string Name = "evaluate";

    private static readonly Option<DirectoryInfo> Real = new("--real")
    {
        Description = "The folder of real images, with its subfolders.", Required = true,
    };

    private static readonly Option<DirectoryInfo> Generated = new("--generated")
    {
        Description = "The folder of generated images, with its subfolders.", Required = true,
    };

    private static readonly Option<string?> Features = FeatureOptions.Features();

    private static readonly Option<int?> Size = CommonOptions.Size(
        "Resize all images to a square of this side, antialiased; by default they are not resized.");
    private static readonly Option<ImageFit> Fit = CommonOptions.Fit();
    private static readonly Option<int> Batch = CommonOptions.Batch(
        "How many images are processed at once; the scores do not depend on it.", 16);
    private static readonly ComputeOptions Compute = new();
    private static readonly Option<long> Seed = Values.Seed(
        "Determines which images are sampled if there are more than 10,000, and the subsets of the kernel distance.", 0);
    private static readonly ReadingOptions Reading = new();
    private static readonly ShardOptions Sharding = new();
    private static readonly OutputOptions Output = new();

    public static Command Create()
    {
        var command = new ToolCommand(
            Name,
            "Measures how close generated images are to real ones: Fréchet distance (FID), kernel distance (KID), precision, recall, "
            + "density, coverage.")
        {
            Examples =
            [
                "ldmml evaluate --real photos --generated out --features inception --size 299",
                "ldmml evaluate --real photos --generated out --features examples/models/emoji-vgg.safetensors",
            ],
        };
        command.With("Images", [Real, Generated, Size, Fit, .. Reading.All]).With("Judging", Features, Seed)
            .With("Computing", [.. Compute.InFloat32, Batch, .. Sharding.All]).With("Output", Output.All);
        command.SetHandler(Run);
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var part = Sharding.Read(parsed, needed: null, Output.All);
        var real = Reading.Open(parsed, Real, cancellation);
        var generated = Reading.Open(parsed, Generated, cancellation);
        Output.Check(parsed);
        using var model = Compute.Place(parsed, FeatureOptions.Load(parsed.GetValue(Features)));
        var pipeline = PipelineOf(parsed, model);
        var facts = FactsOf(parsed, model, real, generated);
        if (part is not null)
            return RunPart(parsed, part, pipeline, facts, (real, generated), cancellation);
        FeatureSetStatistics? first = null, second = null;
        ProgressDisplay.Run(Name, progress =>
        {
            first = pipeline.Run(real.Paths, Share("real", 0, progress), cancellation);
            second = pipeline.Run(generated.Paths, Share("generated", 0.5, progress), cancellation);
        });
        return Finish(first!, second!, pipeline.Options, facts, document => Output.Write(parsed, document));
    }

    /// <summary>Compares the sets whose features the parts hold.</summary>
    public static int Merge(PartSet parts, MergeTarget target)
    {
        target.RefuseOut(Name);
        var facts = parts.Parts[0].Facts<EvaluationFacts>();
        var options = OptionsFor(facts.Seed);
        return Finish(
            FeatureParts.Read(parts, "real", 0, facts.RealCount, facts.Description, options, target.Cancellation),
            FeatureParts.Read(parts, "generated", facts.RealCount, parts.Header.Total, facts.Description, options, target.Cancellation),
            options, facts, target.WriteDocument);
    }

    private static int RunPart(
        ParseResult parsed, PartTarget part, FeaturePipeline pipeline, EvaluationFacts facts,
        (ImageFolder Real, ImageFolder Generated) sets, CancellationToken cancellation)
    {
        var job = Compute.Record(parsed, new JobRecord()).With("--features", $"{facts.Features.Fingerprint}").With("--size", $"{facts.Size}")
            .With("--fit", $"{facts.Fit}").With("--seed", $"{facts.Seed}").With("images of --real", sets.Real).With("images of --generated", sets.Generated);
        string[] files = [.. sets.Real.Paths, .. sets.Generated.Paths];
        return part.Run(Name, job, files.Length, facts, (writer, numbers) => ProgressDisplay.Run(Name, progress =>
        {
            int[] first = [.. numbers.Where(number => number < facts.RealCount)], second = [.. numbers.Except(first)];
            var sizes = new List<NumberedRow<RowSize>>();
            FeatureParts.Add(writer, "real", first, sizes, rows => pipeline.Describe(
                Array.ConvertAll(first, number => files[number]), rows, Share("real", 0, progress), cancellation));
            FeatureParts.Add(writer, "generated", second, sizes, rows => pipeline.Describe(
                Array.ConvertAll(second, number => files[number]), rows, Share("generated", 0.5, progress), cancellation));
            writer.AddRows(sizes);
        }));
    }

    private static Action<double, string> Share(string which, double done, Action<double, string> progress) =>
        (share, text) => progress(done + (share / 2), $"{which}, {text}");

    private static FeaturePipeline PipelineOf(ParseResult parsed, FeatureModel model) => new()
    {
        Options = OptionsFor(parsed.GetValue(Seed)) with { FeatureModel = model, BatchSize = parsed.GetValue(Batch) },
        Size = parsed.GetValue(Size),
        Fit = parsed.GetValue(Fit),
        MaximumPixels = Reading.MaximumPixels(parsed),
    };

    private static GenerationEvaluationOptions OptionsFor(long seed)
    {
        var options = new GenerationEvaluationOptions { Seed = seed };
        return options with { Kernel = options.Kernel with { Seed = seed } };
    }

    private static EvaluationFacts FactsOf(ParseResult parsed, FeatureModel model, ImageFolder real, ImageFolder generated)
    {
        var size = parsed.GetValue(Size);
        return new(
            Sharding.CommandLine(parsed), ToolVersion.Text, new(model.Name, model.IsInception, model.Dimensions, model.Fingerprint, model.Source), size,
            size is null ? null : parsed.GetValue(Fit).ToString(), ConvolutionNames.Of(Compute.Convolutions(parsed)),
            new(real.LeftOut, generated.LeftOut), parsed.GetValue(Seed), real.Names.Count, FeatureDescription.Of(model));
    }

    // The library speaks of what its caller writes.
    private static string InTermsOfTheTool(string warning) =>
        warning.Replace("Use ResizeImagesAntialiased first, in the same way for both sets.",
            "--size brings all to one, antialiased.", StringComparison.Ordinal);

    private static int Finish(
        FeatureSetStatistics real, FeatureSetStatistics generated, GenerationEvaluationOptions options, EvaluationFacts facts, Action<object> write)
    {
        var metrics = new MLContext().LatentDiffusion().EvaluateGeneration(real, generated, options);
        foreach (var warning in metrics.Warnings)
            Terminal.Message($"warning: {InTermsOfTheTool(warning)}");
        Terminal.Write(EvaluationTable.Of(metrics));
        Terminal.WriteLine(
            $"{metrics.RealCount} real and {Counted.Of((int)metrics.GeneratedCount, "generated image")}; {facts.Features.Name}; "
            + $"settings {metrics.SettingsFingerprint}");
        write(new
        {
            command = facts.CommandLine,
            version = facts.Version,
            features = facts.Features,
            size = facts.Size,
            fit = facts.Fit,
            convolutions = facts.Convolutions,
            leftOut = facts.LeftOut,
            metrics,
        });
        return ExitCode.Success;
    }
}
