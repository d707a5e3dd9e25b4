using System.CommandLine;
using LdmMl.Cli.Arguments;
using LdmMl.Cli.Output;
using LdmMl.Cli.Pipelines;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Features;
using Microsoft.ML;

namespace LdmMl.Cli.Commands;

/// <summary><c>ldmml evaluate</c>: how near a set of generated images is to a set of real ones.</summary>
internal static class EvaluateCommand
{
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
    private static readonly OutputOptions Output = new();

    public static Command Create()
    {
        var command = new ToolCommand(
            "evaluate",
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
            .With("Computing", [.. Compute.InFloat32, Batch]).With("Output", Output.All);
        command.SetHandler(Run);
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var real = Reading.Open(parsed, Real, cancellation);
        var generated = Reading.Open(parsed, Generated, cancellation);
        Output.Check(parsed);
        using var model = Compute.Place(parsed, FeatureOptions.Load(parsed.GetValue(Features)));
        var pipeline = PipelineOf(parsed, model);
        GenerationMetrics? metrics = null;
        ProgressDisplay.Run("evaluate", progress =>
        {
            var first = pipeline.Run(real.Paths, Share("real", 0, progress), cancellation);
            var second = pipeline.Run(generated.Paths, Share("generated", 0.5, progress), cancellation);
            metrics = new MLContext().LatentDiffusion().EvaluateGeneration(first, second, pipeline.Options);
        });
        foreach (var warning in metrics!.Warnings)
            Terminal.Message($"warning: {InTermsOfTheTool(warning)}");
        Report(parsed, metrics, model, real.LeftOut, generated.LeftOut);
        return ExitCode.Success;
    }

    private static Action<double, string> Share(string which, double done, Action<double, string> progress) =>
        (share, text) => progress(done + (share / 2), $"{which}, {text}");

    private static FeaturePipeline PipelineOf(ParseResult parsed, FeatureModel model)
    {
        var seed = parsed.GetValue(Seed);
        var options = new GenerationEvaluationOptions { FeatureModel = model, BatchSize = parsed.GetValue(Batch), Seed = seed };
        return new()
        {
            Options = options with { Kernel = options.Kernel with { Seed = seed } },
            Size = parsed.GetValue(Size),
            Fit = parsed.GetValue(Fit),
            MaximumPixels = Reading.MaximumPixels(parsed),
        };
    }

    // The library speaks of what its caller writes.
    private static string InTermsOfTheTool(string warning) =>
        warning.Replace("Use ResizeImagesAntialiased first, in the same way for both sets.",
            "--size brings all to one, antialiased.", StringComparison.Ordinal);

    private static void Report(ParseResult parsed, GenerationMetrics metrics, FeatureModel model, int realLeftOut, int generatedLeftOut)
    {
        Terminal.Write(EvaluationTable.Of(metrics));
        Terminal.WriteLine(
            $"{metrics.RealCount} real and {Counted.Of((int)metrics.GeneratedCount, "generated image")}; {model.Name}; "
            + $"settings {metrics.SettingsFingerprint}");
        var size = parsed.GetValue(Size);
        Output.Write(parsed, new
        {
            command = CommandLine.Of(parsed),
            version = ToolVersion.Text,
            features = new { model.Name, model.IsInception, model.Dimensions, model.Fingerprint, model.Source },
            size,
            fit = size is null ? null : parsed.GetValue(Fit).ToString(),
            convolutions = ConvolutionNames.Of(Compute.Convolutions(parsed)),
            leftOut = new { real = realLeftOut, generated = generatedLeftOut },
            metrics,
        });
    }
}
