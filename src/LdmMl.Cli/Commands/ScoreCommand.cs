using System.CommandLine;
using LdmMl.Cli.Arguments;
using LdmMl.Cli.Output;
using LdmMl.Cli.Pipelines;
using LdmMl.Cli.Sharding;
using LdmMl.Files;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Perceptual;

namespace LdmMl.Cli.Commands;

/// <summary><c>ldmml score</c>: how close the images of one folder are to those of the same names in another.</summary>
internal static class ScoreCommand
{
    // More than these are only in the JSON file.
    private const int NamesShown = 5;

    /// <summary>The command's name.</summary>
    public const string Name = "score";

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
    private static readonly ShardOptions Sharding = new();
    private static readonly OutputOptions Output = new();

    public static Command Create()
    {
        var command = new ToolCommand(
            Name, "Measures how close images are to their originals: PSNR, SSIM, and a perceptual distance if one is named.")
        {
            Examples =
            [
                "ldmml score --reference photos --candidate out/reconstructions",
                "ldmml score --reference photos --candidate out/reconstructions --lpips vgg --json scores.json",
            ],
        };
        command.With("Images", [Reference, Candidate, .. Reading.All]).With("Judging", Lpips, Perceptual)
            .With("Computing", [.. Compute.InFloat32, Batch, .. Sharding.All]).With("Output", Output.All);
        command.SetHandler(Run);
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var part = Sharding.Read(parsed, needed: null, Output.All);
        var (reference, candidate) = (Reading.Open(parsed, Reference, cancellation), Reading.Open(parsed, Candidate, cancellation));
        var pairs = ImagePairs.Find(reference, candidate);
        Output.Check(parsed);
        using var model = Compute.Place(parsed, PerceptualOptions.Load(parsed.GetValue(Lpips), parsed.GetValue(Perceptual)));
        var pipeline = new ScoringPipeline { Perceptual = model, BatchSize = parsed.GetValue(Batch), MaximumPixels = Reading.MaximumPixels(parsed) };

        ReportMissing(pairs.WithoutCandidate, "the reference folder", "the candidate folder");
        ReportMissing(pairs.WithoutReference, "the candidate folder", "the reference folder");
        var facts = new ScoreFacts(PerceptualFacts.Of(model), pairs.WithoutCandidate, pairs.WithoutReference);
        if (part is not null)
        {
            return part.Run(Name, JobOf(parsed, reference, candidate, model), pairs.Pairs.Count, facts, (writer, numbers) =>
                writer.AddRows(ScorePart(pipeline, pairs.Pairs, numbers, cancellation)));
        }

        var scores = Score(pipeline, pairs.Pairs, cancellation);
        if (scores.Count > 0)
            Report(new(facts, scores), document => Output.Write(parsed, document));
        cancellation.ThrowIfCancellationRequested();
        return ExitCode.Success;
    }

    /// <summary>Reports the scores of all parts.</summary>
    public static int Merge(PartSet parts, MergeTarget target)
    {
        target.RefuseOut(Name);
        Report(new(parts.Parts[0].Facts<ScoreFacts>(), parts.Rows<ImageScore>()), target.WriteDocument);
        return ExitCode.Success;
    }

    private static JobRecord JobOf(ParseResult parsed, ImageFolder reference, ImageFolder candidate, PerceptualModel? model)
    {
        var job = Compute.Record(parsed, new JobRecord()).With("images of --reference", reference).With("images of --candidate", candidate);
        return model is null ? job : job.With(model.IsCalibrated ? "--lpips" : "--perceptual", $"{model.Fingerprint}");
    }

    private static NumberedRow<ImageScore>[] ScorePart(
        ScoringPipeline pipeline, IReadOnlyList<ImagePair> pairs, int[] numbers, CancellationToken cancellation)
    {
        var scores = Score(pipeline, [.. numbers.Select(number => pairs[number])], cancellation);
        cancellation.ThrowIfCancellationRequested();
        return [.. numbers.Zip(scores, (number, score) => new NumberedRow<ImageScore>(number, score))];
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

    private static void Report(ScoreResult result, Action<object> write)
    {
        result.Print();
        write(result.Document);
        if (result.Facts.Perceptual is null)
            Terminal.Message(Hint);
    }
}
