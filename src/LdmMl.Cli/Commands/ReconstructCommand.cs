using System.CommandLine;
using LdmMl.Cli.Arguments;
using LdmMl.Cli.Output;
using LdmMl.Cli.Pipelines;
using LdmMl.Files;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models;
using Microsoft.ML.Data;

namespace LdmMl.Cli.Commands;

/// <summary><c>ldmml reconstruct</c>: what an autoencoder keeps of the images of a folder, as pictures and as figures.</summary>
internal static class ReconstructCommand
{
    // Nobody looks at a grid of more pairs.
    private const int PairsInGrid = 60;

    private const string GridName = "grid.png", FolderName = "reconstructions";

    private static readonly Option<string> Model = new("--model")
    {
        Description = "The model: a name that 'ldmml models' lists, a diffusers folder, a checkpoint with its YAML, or TAESD files.",
        Required = true, HelpName = "MODEL",
    };
    private static readonly ModelOptions Opening = new();
    private static readonly Option<DirectoryInfo> Images = new("--images") 
    {
        Description = "The folder of images, with its subfolders.", Required = true,
    };
    private static readonly Option<DirectoryInfo> Out = new("--out")
    {
        Description = "The folder for grid.png and reconstructions/; created if missing.",
        Required = true,
    };
    private static readonly Option<int?> Size = CommonOptions.Size("Resize images to a square of this side; by default each keeps its size.");
    private static readonly Option<ImageFit> Fit = CommonOptions.Fit();
    private static readonly Option<int> Batch = CommonOptions.Batch("How many images are computed at once.", 8);
    private static readonly ReadingOptions Reading = new();
    private static readonly OutputOptions Output = new();

    public static Command Create()
    {
        var command = new ToolCommand("reconstruct", "Encodes and decodes the images of a folder and measures what is lost.")
        {
            Examples =
            [
                "ldmml reconstruct --model emoji --images examples/data/emoji --out out",
                "ldmml reconstruct --model models/kl-f8 --images photos --size 256 --fit pad-to-fit --out out --json scores.json",
            ],
        };
        command.With("Images", [Images, Size, Fit, .. Reading.All]).With("Computing", [Model, .. Opening.All, Batch])
            .With("Output", [Out, .. Output.All]);
        command.SetHandler(Run);
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var files = Reading.Open(parsed, Images, cancellation);
        var folder = parsed.GetRequiredValue(Out);
        OutputFolder.CheckApart(folder, parsed.GetRequiredValue(Images));
        OutputFolder.CheckFree(folder, "reconstructions", [GridName, FolderName], Output.Overwrites(parsed));
        using var model = Opening.Load(parsed, parsed.GetRequiredValue(Model));
        OutputFolder.Check("--out", folder);
        Output.Check(parsed);
        var pipeline = new ReconstructionPipeline
        {
            Model = model,
            Size = parsed.GetValue(Size),
            Fit = parsed.GetValue(Fit),
            BatchSize = parsed.GetValue(Batch),
            MaximumPixels = Reading.MaximumPixels(parsed),
        };

        var scores = Reconstruct(pipeline, files, folder, cancellation);
        if (scores.Count > 0)
            Report(parsed, scores, folder, ModelInfo.Of(model));
        cancellation.ThrowIfCancellationRequested();
        return ExitCode.Success;
    }

    // An interruption ends the loop between two images; what is finished is kept and reported.
    private static List<ImageScore> Reconstruct(
        ReconstructionPipeline pipeline, ImageFolder images, DirectoryInfo folder, CancellationToken cancellation)
    {
        var files = images.Paths;
        var side = SheetImages.LargestSide(2 * Math.Min(files.Length, PairsInGrid));
        var (scores, pairs) = (new List<ImageScore>(), new List<IReadOnlyList<MLImage>>());
        ProgressDisplay.Run("reconstruct", report => FileNames.InTerms(files, () =>
        {
            foreach (var row in pipeline.Run(files))
            {
                using (row.Original)
                using (row.Reconstruction)
                {
                    Save(row.Reconstruction, Path.Combine(folder.FullName, FolderName, PngName(images.NameOf(row.Path))));
                    if (pairs.Count < PairsInGrid)
                        pairs.Add([SheetImages.Fit(row.Original, side), SheetImages.Fit(row.Reconstruction, side)]);
                }

                scores.Add(new(images.NameOf(row.Path), row.Psnr, row.Ssim));
                report((double)scores.Count / files.Length, $"{scores.Count} of {files.Length}");
                if (cancellation.IsCancellationRequested)
                    break;
            }
        }));
        SaveGrid(pairs, Path.Combine(folder.FullName, GridName));
        return scores;
    }

    private static string PngName(string name) => name.EndsWith(".png", StringComparison.OrdinalIgnoreCase) ? name : $"{name}.png";

    // Never among the originals, whatever --out is.
    private static void Save(MLImage image, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        image.SavePng(path);
    }

    private static void SaveGrid(List<IReadOnlyList<MLImage>> pairs, string path)
    {
        if (pairs.Count > 0)
            ImageGrid.Save(path, pairs, groupsPerRow: 4, scale: SheetImages.Scale(pairs[0][0], 2 * pairs.Count));
        foreach (var image in pairs.SelectMany(pair => pair))
            image.Dispose();
    }

    private static void Report(ParseResult parsed, List<ImageScore> scores, DirectoryInfo folder, ModelInfo model)
    {
        var mean = ImageScore.Mean(scores);
        Terminal.Write(ScoreTable.Of(scores, mean));
        Terminal.WriteLine($"{Counted.Of(scores.Count, "image")}; originals next to reconstructions: {Path.Combine(folder.FullName, GridName)}");
        ImageScore.ExplainMean(scores);
        Output.Write(parsed, new { model, images = scores, mean });
    }
}
