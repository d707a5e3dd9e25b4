using System.CommandLine;
using LdmMl.Cli.Arguments;
using LdmMl.Cli.Comparing;
using LdmMl.Cli.Gates;
using LdmMl.Cli.Output;
using LdmMl.Cli.Pipelines;
using LdmMl.Files;
using LdmMl.Cli.Reports;
using LdmMl.Cli.Sharding;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Models;

namespace LdmMl.Cli.Commands;

/// <summary><c>ldmml compare A B</c>: two autoencoders on the same images, as one HTML report, and as gates that stop a build.</summary>
internal static class CompareCommand
{
    /// <summary>The command's name.</summary>
    public const string Name = "compare";

    private const string WorstName = "worst.json", BestName = "best.json";

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

    private static readonly Option<FileInfo?> Out = new("--out") { Description = "The report, one self-contained HTML file." };

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
    private static readonly ShardOptions Sharding = new();
    private static readonly OutputOptions Output = new();

    public static Command Create()
    {
        var command = new ToolCommand(
            Name, "Lets two models reconstruct the same images, and reports which is better and whether the difference is significant.")
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
            .With("Computing", [.. Opening.All, Batch, .. Sharding.All]).With("Output", [Out, Examples, .. Output.All]);
        command.SetHandler(Run);
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var part = Sharding.Read(parsed, Out, Output.All);
        var gates = parsed.GetRequiredValue(FailIf).Select(Gate.Parse).ToArray();
        var files = Reading.Open(parsed, Images, cancellation);
        if (part is null)
            Output.Check(parsed, "--out", parsed.GetValue(Out));
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
        var facts = new ComparisonFacts(
            ModelSide.Of("A", parsed.GetRequiredValue(First), first), ModelSide.Of("B", parsed.GetRequiredValue(Second), second),
            SettingsOf(parsed, perceptual), measurement.Metrics, measurement.Ranking, [.. gates.Select(gate => gate.Text)],
            parsed.GetValue(OnlyIfSignificant), files.Names.Count + files.LeftOut);
        if (part is not null)
        {
            return part.Run(Name, JobOf(parsed, facts, perceptual, files), files.Names.Count, facts,
                (writer, numbers) => MeasurePart(measurement, files, writer, numbers, cancellation));
        }

        var measured = Measure(measurement, files, cancellation);
        return Finish(ResultOf(facts, measured), parsed.GetValue(Out)!, document => Output.Write(parsed, document));
    }

    /// <summary>Writes the report of all parts.</summary>
    public static int Merge(PartSet parts, MergeTarget target)
    {
        var report = new FileInfo(target.Require("the file of the report"));
        OutputFile.Check("--out", report, target.MayReplace);
        var facts = parts.Parts[0].Facts<ComparisonFacts>();
        var images = parts.Rows<ImageScores>();
        return Finish(ResultOf(facts, new(
            images, facts.Metrics[facts.Ranking], Extremes(parts, facts, WorstName, 1), Extremes(parts, facts, BestName, -1), facts.FileCount,
            IsComplete: true)), report, target.WriteDocument);
    }

    private static MeasuredImages Measure(ImageMeasurement measurement, ImageFolder files, CancellationToken cancellation)
    {
        MeasuredImages? measured = null;
        ProgressDisplay.Run(Name, progress => FileNames.InTerms(files.Paths, () => measured = measurement.Run(files, progress, cancellation)));
        if (measured!.Images.Count == 0)
            cancellation.ThrowIfCancellationRequested();
        return measured;
    }

    private static void MeasurePart(
        ImageMeasurement measurement, ImageFolder files, PartWriter writer, int[] numbers, CancellationToken cancellation)
    {
        var paths = files.Paths;
        var measured = Measure(measurement, files.Keep([.. numbers.Select(number => paths[number])]), cancellation);
        cancellation.ThrowIfCancellationRequested();
        var numberOf = numbers.Zip(measured.Images).ToDictionary(pair => pair.Second.Image, pair => pair.First, StringComparer.Ordinal);
        writer.AddRows(numbers.Zip(measured.Images, (number, scores) => new NumberedRow<ImageScores>(number, scores)));
        foreach (var (name, images) in new[] { (WorstName, measured.Worst), (BestName, measured.Best) })
            writer.AddJson(name, images.Select(image => new NumberedRow<ExampleImage>(numberOf[image.Scores.Image], image)).ToArray());
    }

    // The most extreme images of all are among the most extreme ones of the parts.
    private static IReadOnlyList<ExampleImage> Extremes(PartSet parts, ComparisonFacts facts, string entry, double sign)
    {
        var (kept, ranking) = (new ExtremeImages(facts.Settings.Examples), facts.Metrics[facts.Ranking]);
        foreach (var row in parts.Parts.SelectMany(part => part.ReadJson<NumberedRow<ExampleImage>[]>(entry)).OrderBy(row => row.Number))
        {
            var scores = row.Row.Scores;
            kept.Offer(sign * ranking.Worsening(scores.First[facts.Ranking], scores.Second[facts.Ranking]), () => row.Row);
        }

        return kept.Images;
    }

    private static JobRecord JobOf(ParseResult parsed, ComparisonFacts facts, PerceptualModel? perceptual, ImageFolder files) =>
        Opening.Record(parsed, new JobRecord()).With("MODEL_A", $"{facts.First.WeightHash}").With("MODEL_B", $"{facts.Second.WeightHash}")
            .With(perceptual?.IsCalibrated == true ? "--lpips" : "--perceptual", $"{perceptual?.Fingerprint}").With("--size", $"{parsed.GetValue(Size)}")
            .With("--fit", $"{(parsed.GetValue(Size) is null ? "" : Choices.NameOf(parsed.GetValue(Fit)))}")
            .With("--examples", $"{facts.Settings.Examples}").With("--fail-if", $"{string.Join(", ", facts.Gates)}")
            .With("--only-if-significant", $"{(facts.OnlyIfSignificant ? "yes" : "")}").With("images of --images", files);

    private static ComparisonResult ResultOf(ComparisonFacts facts, MeasuredImages measured)
    {
        var metrics = facts.Metrics.Select((metric, index) => MetricComparison.Of(metric, measured.Images, index)).ToArray();
        return new()
        {
            First = facts.First,
            Second = facts.Second,
            Settings = facts.Settings,
            Metrics = metrics,
            Gates = measured.IsComplete ? [.. facts.Gates.Select(gate => Judge(Gate.Parse(gate), metrics, facts.OnlyIfSignificant))] : [],
            Measured = measured,
        };
    }

    private static int Finish(ComparisonResult result, FileInfo report, Action<object> write)
    {
        OutputFile.Write(report, ReportPage.Of(result).Text);
        write(ComparisonJson.Of(result));
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
        Sharding.CommandLine(parsed),
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
