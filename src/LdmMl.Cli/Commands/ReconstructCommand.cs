using System.CommandLine;
using LdmMl.Cli.Output;
using LdmMl.Cli.Pipelines;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models;
using Microsoft.ML.Data;

namespace LdmMl.Cli.Commands;

/// <summary><c>ldmml reconstruct</c>: what an autoencoder keeps of the images of a folder, as pictures and as figures.</summary>
internal static class ReconstructCommand
{
    // A grid of more pairs is no longer looked at.
    private const int PairsInGrid = 60;

    private static readonly Option<string> Model = new("--model")
    {
        Description = "The model: a diffusers folder, a checkpoint with its YAML, or TAESD files.",
        Required = true,
    };
    private static readonly Option<string> Weights = ModelOptions.Weights();
    private static readonly Option<DirectoryInfo> Images = new("--images") { Description = "The folder of images.", Required = true };
    private static readonly Option<DirectoryInfo> Out = new("--out")
    {
        Description = "The folder for grid.png and reconstructions/; made if absent.",
        Required = true,
    };
    private static readonly Option<int?> Size = new("--size")
    {
        Description = "Bring images to a square of this side; without it each keeps its own size.",
    };
    private static readonly Option<ImageFit> Fit = new("--fit")
    {
        Description = "How --size is reached.",
        DefaultValueFactory = _ => ImageFit.CropToFill,
    };
    private static readonly Option<int> Batch = new("--batch")
    {
        Description = "How many images are computed at once.",
        DefaultValueFactory = _ => 8,
    };
    private static readonly Option<ModelPrecision> Precision = new("--precision")
    {
        Description = "The number format of the network.",
        DefaultValueFactory = _ => ModelPrecision.Float32,
    };
    private static readonly Option<ConvolutionMode> Convolutions = ModelOptions.Convolutions();
    private static readonly Option<bool> SkipBroken = new("--skip-broken")
    {
        Description = "Leave out files that cannot be read, with a warning, instead of stopping.",
    };
    private static readonly Option<FileInfo?> Json = CommonOptions.Json();

    public static Command Create()
    {
        CommonOptions.Within(Size, 1, CommonOptions.LargestSize);
        CommonOptions.AtLeast(Batch, 1);
        var command = new Command("reconstruct", "Encodes and decodes the images of a folder and measures what is lost.")
        {
            Model, Weights, Images, Out, Size, Fit, Batch, Precision, Convolutions, SkipBroken, Json,
        };
        command.SetHandler(Run);
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var files = ImageFiles.List(parsed.GetRequiredValue(Images));
        var folder = parsed.GetRequiredValue(Out);
        OutputFolder.CheckApart(folder, parsed.GetRequiredValue(Images));
        using var model = ModelOptions.Load(
            parsed.GetRequiredValue(Model), parsed.GetRequiredValue(Weights), parsed.GetRequiredValue(Convolutions));
        OutputFolder.Check("--out", folder);
        JsonOutput.Check(parsed.GetValue(Json));
        var pipeline = new ReconstructionPipeline
        {
            Model = model,
            Size = parsed.GetValue(Size),
            Fit = parsed.GetValue(Fit),
            BatchSize = parsed.GetValue(Batch),
            Precision = parsed.GetValue(Precision),
            SkipBrokenFiles = parsed.GetValue(SkipBroken),
        };

        var (scores, warnings) = Reconstruct(pipeline, files, folder, cancellation);
        foreach (var warning in warnings)
            Terminal.Message($"warning: {warning}");
        if (scores.Count == 0 && !cancellation.IsCancellationRequested)
            throw new InvalidDataException($"None of the {files.Length} images could be read.");
        if (scores.Count > 0)
            Report(scores, folder, ModelInfo.Of(model), parsed.GetValue(Json));
        cancellation.ThrowIfCancellationRequested();
        return ExitCode.Success;
    }

    // An interruption ends the loop between two images; what is finished is kept and reported.
    private static (List<ImageScore> Scores, List<string> Warnings) Reconstruct(
        ReconstructionPipeline pipeline, string[] files, DirectoryInfo folder, CancellationToken cancellation)
    {
        var reconstructions = folder.CreateSubdirectory("reconstructions");   // never beside the originals, whatever --out is
        var (scores, warnings, pairs) = (new List<ImageScore>(), new List<string>(), new List<IReadOnlyList<MLImage>>());
        ProgressDisplay.Run("reconstruct", report => FileNames.InTerms(files, () =>
        {
            foreach (var row in pipeline.Run(files, warnings.Add))
            {
                var name = Path.GetFileName(row.Path);
                var png = name.EndsWith(".png", StringComparison.OrdinalIgnoreCase) ? name : $"{name}.png";
                PngFile.Save(row.Reconstruction, Path.Combine(reconstructions.FullName, png));
                scores.Add(new(name, row.Psnr, row.Ssim));
                Keep(pairs, row);
                report((double)(scores.Count + warnings.Count) / files.Length, $"{scores.Count} of {files.Length}");
                if (cancellation.IsCancellationRequested)
                    break;
            }
        }));
        if (pairs.Count > 0)
            ImageGrid.Save(Path.Combine(folder.FullName, "grid.png"), pairs, scale: pairs.Max(pair => pair[0].Width) <= 96 ? 2 : 1);
        foreach (var image in pairs.SelectMany(pair => pair))
            image.Dispose();
        return (scores, warnings);
    }

    private static void Keep(List<IReadOnlyList<MLImage>> pairs, ReconstructedImage row)
    {
        if (pairs.Count < PairsInGrid)
        {
            pairs.Add([row.Original, row.Reconstruction]);
            return;
        }
        row.Original.Dispose();
        row.Reconstruction.Dispose();
    }

    private static void Report(List<ImageScore> scores, DirectoryInfo folder, ModelInfo model, FileInfo? json)
    {
        var mean = ImageScore.Mean(scores);
        Terminal.Write(ScoreTable.Of(scores, mean));
        Terminal.WriteLine($"{scores.Count} images; originals beside reconstructions: {Path.Combine(folder.FullName, "grid.png")}");
        JsonOutput.Write(json, new { model, images = scores, mean });
    }
}
