using System.CommandLine;
using LdmMl.Cli.Arguments;
using LdmMl.Cli.Output;
using LdmMl.Cli.Pipelines;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Perceptual;

namespace LdmMl.Cli.Commands;

/// <summary><c>ldmml score</c>: how close the images of one folder are to those of the same names in another.</summary>
internal static class ScoreCommand
{
    // More than these are only in the JSON file.
    private const int NamesShown = 5;

    private const string Hint =
        "No perceptual distance was measured. --lpips vgg measures LPIPS ('ldmml weights' says how to get its files); "
        + "--perceptual emoji, or any other trunk, measures an uncalibrated one.";

    private static readonly Option<DirectoryInfo> Reference = new("--reference")
    {
        Description = "The folder of originals, with its subfolders.",
        Required = true,
    };
    private static readonly Option<DirectoryInfo> Candidate = new("--candidate")
    {
        Description = "The folder of images to score, with the originals' names.",
        Required = true,
    };
    private static readonly Option<string?> Lpips = PerceptualOptions.Lpips();
    private static readonly Option<string?> Perceptual = PerceptualOptions.Perceptual();
    private static readonly Option<int> Batch = CommonOptions.Batch("How many pairs go through the network at once.", 8);
    private static readonly ComputeOptions Compute = new();
    private static readonly ReadingOptions Reading = new();
    private static readonly OutputOptions Output = new();

    public static Command Create()
    {
        var command = new ToolCommand(
            "score", "Measures how close images are to their originals: PSNR, SSIM, and a perceptual distance if one is named.")
        {
            Examples =
            [
                "ldmml score --reference photos --candidate out/reconstructions",
                "ldmml score --reference photos --candidate out/reconstructions --lpips vgg --json scores.json",
            ],
        };
        command.With("Images", [Reference, Candidate, .. Reading.All]).With("Judging", Lpips, Perceptual)
            .With("Computing", [.. Compute.InFloat32, Batch]).With("Output", Output.All);
        command.SetHandler(Run);
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var pairs = ImagePairs.Find(Reading.Open(parsed, Reference, cancellation), Reading.Open(parsed, Candidate, cancellation));
        Output.Check(parsed);
        using var model = Compute.Place(parsed, PerceptualOptions.Load(parsed.GetValue(Lpips), parsed.GetValue(Perceptual)));
        var pipeline = new ScoringPipeline { Perceptual = model, BatchSize = parsed.GetValue(Batch), MaximumPixels = Reading.MaximumPixels(parsed) };

        ReportMissing(pairs.WithoutCandidate, "the reference folder", "the candidate folder");
        ReportMissing(pairs.WithoutReference, "the candidate folder", "the reference folder");
        var scores = Score(pipeline, pairs.Pairs, cancellation);
        if (scores.Count > 0)
            Report(parsed, scores, pairs, model);
        if (model is null)
            Terminal.Message(Hint);
        cancellation.ThrowIfCancellationRequested();
        return ExitCode.Success;
    }

    private static void ReportMissing(IReadOnlyList<string> names, string here, string there)
    {
        if (names.Count == 0)
            return;
        var shown = string.Join(", ", names.Take(NamesShown).Select(name => $"'{name}'"));
        var more = names.Count > NamesShown ? $" and {names.Count - NamesShown} more" : "";
        Terminal.Message($"warning: {shown}{more} of {here} {(names.Count == 1 ? "is" : "are")} missing in {there}.");
    }

    // An interruption ends the loop between two pairs; what is finished is reported.
    private static List<ImageScore> Score(
        ScoringPipeline pipeline, IReadOnlyList<ImagePair> pairs, CancellationToken cancellation)
    {
        var scores = new List<ImageScore>();
        ProgressDisplay.Run("score", report => FileNames.InTerms([.. pairs.Select(pair => pair.Name)], () =>
        {
            foreach (var score in pipeline.Run(pairs))
            {
                scores.Add(score);
                report((double)scores.Count / pairs.Count, $"{scores.Count} of {pairs.Count}");
                if (cancellation.IsCancellationRequested)
                    break;
            }
        }));
        return scores;
    }

    private static void Report(ParseResult parsed, List<ImageScore> scores, ImagePairs pairs, PerceptualModel? model)
    {
        var mean = ImageScore.Mean(scores);
        Terminal.Write(ScoreTable.Of(scores, mean, model is null ? null : model.IsCalibrated ? model.Name : "perceptual distance (uncalibrated)"));
        Terminal.WriteLine($"{Counted.Of(scores.Count, "pair")}{(model is null ? "" : $"; {model.Name}")}");
        ImageScore.ExplainMean(scores);
        Output.Write(parsed, new
        {
            perceptual = model is null ? null : new
            {
                model.Name, model.IsCalibrated, model.Fingerprint, convolutions = ConvolutionNames.Of(model.Convolutions), model.Source,
            },
            images = scores,
            mean,
            missingCandidates = pairs.WithoutCandidate,
            missingReferences = pairs.WithoutReference,
        });
    }
}
