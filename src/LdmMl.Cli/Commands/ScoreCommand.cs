using System.CommandLine;
using LdmMl.Cli.Output;
using LdmMl.Cli.Pipelines;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Perceptual;

namespace LdmMl.Cli.Commands;

/// <summary><c>ldmml score</c>: how close the images of one folder are to those of the same names in another.</summary>
internal static class ScoreCommand
{
    // Of more than these, the JSON file has the rest.
    private const int NamesShown = 5;

    private const string Hint =
        "No perceptual distance was measured. --lpips vgg measures LPIPS ('ldmml weights' says how to get its files); "
        + "--perceptual examples/models/emoji-vgg.safetensors, or any other trunk, an uncalibrated one.";

    private static readonly Option<DirectoryInfo> Reference = new("--reference")
    {
        Description = "The folder of originals; folders in it count too.",
        Required = true,
    };
    private static readonly Option<DirectoryInfo> Candidate = new("--candidate")
    {
        Description = "The folder of images to score, with the originals' names.",
        Required = true,
    };
    private static readonly Option<string?> Lpips = PerceptualOptions.Lpips();
    private static readonly Option<string?> Perceptual = PerceptualOptions.Perceptual();
    private static readonly Option<int> Batch = new("--batch")
    {
        Description = "How many pairs go through the network at once.",
        DefaultValueFactory = _ => 8,
    };
    private static readonly Option<ConvolutionMode> Convolutions = ModelOptions.Convolutions();
    private static readonly Option<bool> SkipBroken = new("--skip-broken")
    {
        Description = "Leave out files that cannot be read, with a warning, instead of stopping.",
    };
    private static readonly Option<FileInfo?> Json = CommonOptions.Json();

    public static Command Create()
    {
        CommonOptions.AtLeast(Batch, 1);
        var command = new Command("score", "Measures how close images are to their originals: PSNR, SSIM, and a perceptual distance if one is named.")
        {
            Reference, Candidate, Lpips, Perceptual, Batch, Convolutions, SkipBroken, Json,
        };
        command.SetHandler(Run);
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var pairs = ImagePairs.Find(parsed.GetRequiredValue(Reference), parsed.GetRequiredValue(Candidate));
        JsonOutput.Check(parsed.GetValue(Json));
        using var model = PerceptualOptions.Load(
            parsed.GetValue(Lpips), parsed.GetValue(Perceptual), parsed.GetRequiredValue(Convolutions));
        var pipeline = new ScoringPipeline { Perceptual = model, BatchSize = parsed.GetValue(Batch), SkipBrokenFiles = parsed.GetValue(SkipBroken) };

        TellMissing(pairs.WithoutCandidate, "the reference folder", "the candidate folder");
        TellMissing(pairs.WithoutReference, "the candidate folder", "the reference folder");
        var (scores, warnings) = Score(pipeline, pairs.Pairs, cancellation);
        foreach (var warning in warnings)
            Terminal.Message($"warning: {warning}");
        if (scores.Count == 0 && !cancellation.IsCancellationRequested)
            throw new InvalidDataException($"Of none of the {pairs.Pairs.Count} pairs could both images be read.");
        if (scores.Count > 0)
            Report(scores, pairs, model, parsed.GetValue(Json));
        if (model is null)
            Terminal.Message(Hint);
        cancellation.ThrowIfCancellationRequested();
        return ExitCode.Success;
    }

    private static void TellMissing(IReadOnlyList<string> names, string here, string there)
    {
        if (names.Count == 0)
            return;
        var shown = string.Join(", ", names.Take(NamesShown).Select(name => $"'{name}'"));
        var more = names.Count > NamesShown ? $" and {names.Count - NamesShown} more" : "";
        Terminal.Message($"warning: {shown}{more} of {here} {(names.Count == 1 ? "is" : "are")} missing in {there}.");
    }

    // An interruption ends the loop between two pairs; what is finished is reported.
    private static (List<ImageScore> Scores, List<string> Warnings) Score(
        ScoringPipeline pipeline, IReadOnlyList<ImagePair> pairs, CancellationToken cancellation)
    {
        var (scores, warnings) = (new List<ImageScore>(), new List<string>());
        ProgressDisplay.Run("score", report => FileNames.InTerms([.. pairs.Select(pair => pair.Name)], () =>
        {
            foreach (var score in pipeline.Run(pairs, warnings.Add))
            {
                scores.Add(score);
                report((double)(scores.Count + warnings.Count) / pairs.Count, $"{scores.Count} of {pairs.Count}");
                if (cancellation.IsCancellationRequested)
                    break;
            }
        }));
        return (scores, warnings);
    }

    private static void Report(List<ImageScore> scores, ImagePairs pairs, PerceptualModel? model, FileInfo? json)
    {
        var mean = ImageScore.Mean(scores);
        Terminal.Write(ScoreTable.Of(scores, mean, model is null ? null : model.IsCalibrated ? model.Name : "perceptual distance (uncalibrated)"));
        Terminal.WriteLine($"{scores.Count} {(scores.Count == 1 ? "pair" : "pairs")}{(model is null ? "" : $"; {model.Name}")}");
        JsonOutput.Write(json, new
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
