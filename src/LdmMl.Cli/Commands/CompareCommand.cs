using System.CommandLine;
using LdmMl.Cli.Comparing;
using LdmMl.Cli.Gates;
using LdmMl.Cli.Output;
using LdmMl.Cli.Pipelines;
using LdmMl.Cli.Reports;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Models;

namespace LdmMl.Cli.Commands;

/// <summary><c>ldmml compare A B</c>: two autoencoders on the same images, as one HTML report, and as gates that stop a build.</summary>
internal static class CompareCommand
{
    private static readonly Argument<string> First = new("MODEL_A")
    {
        Description = "The model to compare with: a diffusers folder, a checkpoint with its YAML, or TAESD files.",
    };

    private static readonly Argument<string> Second = new("MODEL_B") { Description = "The model to judge." };
    private static readonly Option<string> Weights = ModelOptions.Weights();

    private static readonly Option<DirectoryInfo> Images = new("--images")
    {
        Description = "The folder of images that both reconstruct.", Required = true,
    };

    private static readonly Option<FileInfo> Out = new("--out")
    {
        Description = "The report, one HTML file that needs nothing else.", Required = true, HelpName = "FILE",
    };

    private static readonly Option<string[]> FailIf = new("--fail-if")
    {
        Description = "End with 1 where this holds; may be given several times. \"lpips > +2%\": change of B's mean relative to A's; "
            + "\"psnr < -0.5\": the change itself, with its sign; \"ssim < 0.85\": B's mean.",
        HelpName = "GATE",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<bool> OnlyIfSignificant = new("--only-if-significant")
    {
        Description = "A gate fails only where the whole 95 % interval meets its condition.",
    };

    private static readonly Option<string?> Lpips = PerceptualOptions.Lpips();
    private static readonly Option<string?> Perceptual = PerceptualOptions.Perceptual();

    private static readonly Option<int?> Size = new("--size")
    {
        Description = "Bring images to a square of this side; without it each keeps its own size.",
    };

    private static readonly Option<ImageFit> Fit = new("--fit")
    {
        Description = "How --size is reached.", DefaultValueFactory = _ => ImageFit.CropToFill,
    };

    private static readonly Option<int> Batch = new("--batch")
    {
        Description = "How many images are computed at once.", DefaultValueFactory = _ => 8,
    };

    private static readonly Option<ModelPrecision> Precision = new("--precision")
    {
        Description = "The number format of the autoencoders.", DefaultValueFactory = _ => ModelPrecision.Float32,
    };

    private static readonly Option<ConvolutionMode> Convolutions = ModelOptions.Convolutions();

    private static readonly Option<int> Examples = new("--examples")
    {
        Description = "How many of the worst and of the best images the report shows.", DefaultValueFactory = _ => 4,
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
        CommonOptions.Within(Examples, 0, 50);
        var command = new Command("compare", "Lets two models reconstruct the same images and reports which is better, and whether that is chance.")
        {
            First, Second, Weights, Images, Out, FailIf, OnlyIfSignificant, Lpips, Perceptual,
            Size, Fit, Batch, Precision, Convolutions, Examples, SkipBroken, Json,
        };
        command.SetHandler(Run);
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var gates = parsed.GetRequiredValue(FailIf).Select(Gate.Parse).ToArray();
        var files = ImageFiles.List(parsed.GetRequiredValue(Images));
        OutputFile.Check("--out", parsed.GetRequiredValue(Out));
        JsonOutput.Check(parsed.GetValue(Json));
        OutputFile.CheckApart("--out", parsed.GetRequiredValue(Out), "--json", parsed.GetValue(Json));
        var convolutions = parsed.GetRequiredValue(Convolutions);
        using var perceptual = PerceptualOptions.Load(parsed.GetValue(Lpips), parsed.GetValue(Perceptual), convolutions);
        using var first = ModelOptions.Load(parsed.GetRequiredValue(First), parsed.GetRequiredValue(Weights), convolutions);
        using var second = ModelOptions.Load(parsed.GetRequiredValue(Second), parsed.GetRequiredValue(Weights), convolutions);
        var measurement = new ImageMeasurement
        {
            First = PipelineOf(parsed, first),
            Second = PipelineOf(parsed, second),
            Perceptual = perceptual is null ? null : new(perceptual),
            Examples = parsed.GetValue(Examples),
        };
        foreach (var gate in gates)
            gate.RequireMetric([.. measurement.Metrics.Select(metric => metric.Name)]);

        var measured = Measure(measurement, files, cancellation);
        var metrics = measurement.Metrics.Select((metric, index) => MetricComparison.Of(metric, measured.Images, index)).ToArray();
        return Finish(parsed, new()
        {
            First = ModelSide.Of("A", parsed.GetRequiredValue(First), first),
            Second = ModelSide.Of("B", parsed.GetRequiredValue(Second), second),
            Settings = SettingsOf(parsed, perceptual),
            Metrics = metrics,
            Gates = measured.IsComplete ? [.. gates.Select(gate => Judge(gate, metrics, parsed.GetValue(OnlyIfSignificant)))] : [],
            Measured = measured,
        });
    }

    private static MeasuredImages Measure(ImageMeasurement measurement, string[] files, CancellationToken cancellation)
    {
        MeasuredImages? measured = null;
        ProgressDisplay.Run("compare", progress => FileNames.InTerms(files, () => measured = measurement.Run(files, progress, cancellation)));
        foreach (var warning in measured!.Warnings)
            Terminal.Message($"warning: {warning}");
        if (measured.Images.Count > 0)
            return measured;
        cancellation.ThrowIfCancellationRequested();
        throw new InvalidDataException($"None of the {files.Length} images could be read.");
    }

    private static int Finish(ParseResult parsed, ComparisonResult result)
    {
        var report = parsed.GetRequiredValue(Out);
        OutputFile.Write(report, ReportPage.Of(result).Text);
        JsonOutput.Write(parsed.GetValue(Json), ComparisonJson.Of(result));
        ComparisonTable.Print(result);
        Terminal.WriteLine($"report: {report}");
        if (!result.Measured.IsComplete)
        {
            Terminal.Error("Interrupted; the report holds what was finished, and no gate was judged.");
            return ExitCode.Interrupted;
        }
        return result.Gates.Any(gate => gate.Failed) ? ExitCode.CheckFailed : ExitCode.Success;
    }

    private static GateVerdict Judge(Gate gate, IEnumerable<MetricComparison> metrics, bool needsSignificance) =>
        GateVerdict.Of(gate, metrics.First(metric => metric.Metric.Name == gate.Metric), needsSignificance);

    private static ReconstructionPipeline PipelineOf(ParseResult parsed, AutoencoderModel model) => new()
    {
        Model = model,
        Size = parsed.GetValue(Size),
        Fit = parsed.GetValue(Fit),
        BatchSize = parsed.GetValue(Batch),
        Precision = parsed.GetValue(Precision),
        SkipBrokenFiles = parsed.GetValue(SkipBroken),
    };

    private static ComparisonSettings SettingsOf(ParseResult parsed, PerceptualModel? perceptual) => new(
        CommandLine.Of(parsed),
        ToolVersion.Text,
        parsed.GetRequiredValue(Images).ToString(),
        parsed.GetValue(Size) is { } size
            ? $"{size}x{size}, {parsed.GetValue(Fit)}"
            : "as the files; sides that a model cannot take are padded by repeating the edge, and cropped after",
        parsed.GetValue(Precision).ToString(),
        ConvolutionNames.Of(parsed.GetRequiredValue(Convolutions)),
        perceptual is null ? null : $"{perceptual.Fingerprint}, from {perceptual.Source}",
        parsed.GetValue(Examples));
}
