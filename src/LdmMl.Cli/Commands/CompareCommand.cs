using System.CommandLine;
using LdmMl.Cli.Arguments;
using LdmMl.Cli.Comparing;
using LdmMl.Cli.Gates;
using LdmMl.Cli.Output;
using LdmMl.Cli.Pipelines;
using LdmMl.Files;
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

    private static readonly Argument<string> Second = new("MODEL_B") { Description = "The model to assess." };
    private static readonly ModelOptions Opening = new();

    private static readonly Option<DirectoryInfo> Images = new("--images")
    {
        Description = "The folder of images that both models reconstruct, with its subfolders.", Required = true,
    };

    private static readonly Option<FileInfo> Out = new("--out")
    {
        Description = "The report, one self-contained HTML file.", Required = true,
    };

    private static readonly Option<string[]> FailIf = new("--fail-if")
    {
        Description = "End with exit code 1 if this holds; may be given several times. \"lpips > +2%\": change of B's mean relative to A's; "
            + "\"psnr < -0.5\": the change itself, with its sign; \"ssim < 0.85\": B's mean.",
        HelpName = "GATE",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<bool> OnlyIfSignificant = new("--only-if-significant")
    {
        Description = "A gate fails only if the whole 95 % interval meets its condition.",
    };

    private static readonly Option<string?> Lpips = PerceptualOptions.Lpips();
    private static readonly Option<string?> Perceptual = PerceptualOptions.Perceptual();

    private static readonly Option<int?> Size = CommonOptions.Size("Resize images to a square of this side; by default each keeps its size.");
    private static readonly Option<ImageFit> Fit = CommonOptions.Fit();
    private static readonly Option<int> Batch = CommonOptions.Batch("How many images are computed at once.", 8);
    private static readonly Option<int> Examples = Values.Whole(
        "--examples", "How many of the worst and of the best images the report shows.", 4, least: 0, most: 50);
    private static readonly ReadingOptions Reading = new();
    private static readonly OutputOptions Output = new();

    public static Command Create()
    {
        var command = new ToolCommand(
            "compare", "Lets two models reconstruct the same images, and reports which is better and whether the difference is significant.")
        {
            Examples =
            [
                "ldmml compare models/old models/new --images photos --out report.html",
                "ldmml compare models/old models/new --images photos --out report.html --fail-if \"lpips > +2%\" --lpips vgg",
            ],
        };
        command.Arguments.Add(First);
        command.Arguments.Add(Second);
        command.With("Images", [Images, Size, Fit, .. Reading.All]).With("Judging", Lpips, Perceptual, FailIf, OnlyIfSignificant)
            .With("Computing", [.. Opening.All, Batch]).With("Output", [Out, Examples, .. Output.All]);
        command.SetHandler(Run);
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var gates = parsed.GetRequiredValue(FailIf).Select(Gate.Parse).ToArray();
        var files = Reading.Open(parsed, Images, cancellation);
        Output.Check(parsed, "--out", parsed.GetRequiredValue(Out));
        Output.Check(parsed);
        using var perceptual = Opening.Compute.Place(parsed, PerceptualOptions.Load(parsed.GetValue(Lpips), parsed.GetValue(Perceptual)));
        using var first = Opening.Load(parsed, parsed.GetRequiredValue(First));
        using var second = Opening.Load(parsed, parsed.GetRequiredValue(Second));
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

    private static MeasuredImages Measure(ImageMeasurement measurement, ImageFolder files, CancellationToken cancellation)
    {
        MeasuredImages? measured = null;
        ProgressDisplay.Run("compare", progress => FileNames.InTerms(files.Paths, () => measured = measurement.Run(files, progress, cancellation)));
        if (measured!.Images.Count == 0)
            cancellation.ThrowIfCancellationRequested();
        return measured;
    }

    private static int Finish(ParseResult parsed, ComparisonResult result)
    {
        var report = parsed.GetRequiredValue(Out);
        OutputFile.Write(report, ReportPage.Of(result).Text);
        Output.Write(parsed, ComparisonJson.Of(result));
        ComparisonTable.Print(result);
        Terminal.WriteLine($"report: {report}");
        if (!result.Measured.IsComplete)
        {
            Terminal.Error("Interrupted; the report contains what was finished, and no gate was judged.");
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
        MaximumPixels = Reading.MaximumPixels(parsed),
    };

    private static ComparisonSettings SettingsOf(ParseResult parsed, PerceptualModel? perceptual) => new(
        CommandLine.Of(parsed),
        ToolVersion.Text,
        parsed.GetRequiredValue(Images).ToString(),
        parsed.GetValue(Size) is { } size
            ? $"{size}x{size}, {Choices.NameOf(parsed.GetValue(Fit))}"
            : "as the files; sides that a model cannot take are padded by repeating the edge, and cropped after",
        Opening.Compute.Precision(parsed).ToString(),
        ConvolutionNames.Of(Opening.Compute.Convolutions(parsed)),
        perceptual is null ? null : $"{perceptual.Fingerprint}, from {perceptual.Source}",
        parsed.GetValue(Examples));
}
