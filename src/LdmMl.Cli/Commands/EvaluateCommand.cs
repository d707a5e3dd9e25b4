using System.CommandLine;
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
        Description = "The folder of real images; folders in it count too.", Required = true,
    };

    private static readonly Option<DirectoryInfo> Generated = new("--generated")
    {
        Description = "The folder of generated images; folders in it count too.", Required = true,
    };

    private static readonly Option<string?> Features = FeatureOptions.Features();

    private static readonly Option<int?> Size = new("--size")
    {
        Description = "Bring all images to a square of this side, antialiased; without it they go to the features as they are.",
    };

    private static readonly Option<ImageFit> Fit = new("--fit")
    {
        Description = "How --size is reached.", DefaultValueFactory = _ => ImageFit.CropToFill,
    };

    private static readonly Option<int> Batch = new("--batch")
    {
        Description = "How many images are described at once; the figures are the same for every number.", DefaultValueFactory = _ => 16,
    };

    private static readonly Option<ConvolutionMode> Convolutions = ModelOptions.Convolutions();

    private static readonly Option<long> Seed = new("--seed")
    {
        Description = "Decides which images are sampled where there are more than 10,000, and the subsets of the kernel distance.",
    };

    private static readonly Option<bool> SkipBroken = new("--skip-broken")
    {
        Description = "Leave out files that cannot be read, with a warning, instead of stopping.",
    };

    private static readonly Option<FileInfo?> Json = CommonOptions.Json();

    public static Command Create()
    {
        CommonOptions.Within(Size, 1, CommonOptions.LargestSize);
        CommonOptions.AtLeast(Batch, 1);
        var command = new Command(
            "evaluate", "Measures how near generated images are to real ones: Fréchet and kernel distance, precision, recall, density, coverage.")
        {
            Real, Generated, Features, Size, Fit, Batch, Convolutions, Seed, SkipBroken, Json,
        };
        command.SetHandler(Run);
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var real = List(parsed.GetRequiredValue(Real));
        var generated = List(parsed.GetRequiredValue(Generated));
        JsonOutput.Check(parsed.GetValue(Json));
        using var model = FeatureOptions.Load(parsed.GetValue(Features), parsed.GetRequiredValue(Convolutions));
        var pipeline = PipelineOf(parsed, model);
        var warnings = new List<string>();
        GenerationMetrics? metrics = null;
        ProgressDisplay.Run("evaluate", progress =>
        {
            var first = pipeline.Run(real, warnings.Add, Share("real", 0, progress), cancellation);
            var second = pipeline.Run(generated, warnings.Add, Share("generated", 0.5, progress), cancellation);
            metrics = new MLContext().LatentDiffusion().EvaluateGeneration(first, second, pipeline.Options);
        });
        foreach (var warning in warnings.Concat(metrics!.Warnings))
            Terminal.Message($"warning: {InTermsOfTheTool(warning)}");
        Report(parsed, metrics, model);
        return ExitCode.Success;
    }

    private static string[] List(DirectoryInfo folder) =>
        [.. ImageFiles.ListAll(folder).Select(name => Path.Combine(folder.ToString(), name))];

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
            SkipBrokenFiles = parsed.GetValue(SkipBroken),
        };
    }

    // The library speaks of what its caller writes.
    private static string InTermsOfTheTool(string warning) =>
        warning.Replace("Put ResizeImagesAntialiased before, for both sets alike.",
            "--size brings all to one, antialiased.", StringComparison.Ordinal);

    private static void Report(ParseResult parsed, GenerationMetrics metrics, FeatureModel model)
    {
        Terminal.Write(EvaluationTable.Of(metrics));
        Terminal.WriteLine(
            $"{metrics.RealCount} real and {metrics.GeneratedCount} generated images; {model.Name}; settings {metrics.SettingsFingerprint}");
        var size = parsed.GetValue(Size);
        JsonOutput.Write(parsed.GetValue(Json), new
        {
            command = CommandLine.Of(parsed),
            version = ToolVersion.Text,
            features = new { model.Name, model.IsInception, model.Dimensions, model.Fingerprint, model.Source },
            size,
            fit = size is null ? null : parsed.GetValue(Fit).ToString(),
            convolutions = ConvolutionNames.Of(parsed.GetRequiredValue(Convolutions)),
            metrics,
        });
    }
}
