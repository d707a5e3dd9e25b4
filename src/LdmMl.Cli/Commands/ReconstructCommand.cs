using System.CommandLine;
using LdmMl.Cli.Arguments;
using LdmMl.Cli.Output;
using LdmMl.Cli.Pipelines;
using LdmMl.Cli.Sharding;
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

    /// <summary>The command's name.</summary>
    public const string Name = "reconstruct";

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
    private static readonly Option<DirectoryInfo?> Out = new("--out") { Description = "The folder for grid.png and reconstructions/; created if missing." };
    private static readonly Option<int?> Size = CommonOptions.Size("Resize images to a square of this side; by default each keeps its size.");
    private static readonly Option<ImageFit> Fit = CommonOptions.Fit();
    private static readonly Option<int> Batch = CommonOptions.Batch("How many images are computed at once.", 8);
    private static readonly ReadingOptions Reading = new();
    private static readonly ShardOptions Sharding = new();
    private static readonly OutputOptions Output = new();

    public static Command Create()
    {
        var command = new ToolCommand(Name, "Encodes and decodes the images of a folder and measures what is lost.")
        {
            Examples =
            [
                "ldmml reconstruct --model emoji --images examples/data/emoji --out out",
                "ldmml reconstruct --model models/kl-f8 --images photos --size 256 --fit pad-to-fit --out out --json scores.json",
            ],
        };
        command.With("Images", [Images, Size, Fit, .. Reading.All]).With("Computing", [Model, .. Opening.All, Batch, .. Sharding.All])
            .With("Output", [Out, .. Output.All]);
        command.SetHandler(Run);
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var part = Sharding.Read(parsed, Out, Output.All);
        var images = Reading.Open(parsed, Images, cancellation);
        if (part is not null)
        {
            using var opened = Opening.Load(parsed, parsed.GetRequiredValue(Model));
            return RunPart(parsed, part, PipelineOf(parsed, opened), images, cancellation);
        }

        var folder = parsed.GetValue(Out)!;
        OutputFolder.CheckApart(folder, parsed.GetRequiredValue(Images));
        OutputFolder.CheckFree(folder, "reconstructions", [GridName, FolderName], Output.Overwrites(parsed));
        using var model = Opening.Load(parsed, parsed.GetRequiredValue(Model));
        OutputFolder.Check("--out", folder);
        Output.Check(parsed);
        var scores = Reconstruct(PipelineOf(parsed, model), images, folder, cancellation);
        if (scores.Count > 0)
            Report(scores, folder, ModelInfo.Of(model), document => Output.Write(parsed, document));
        cancellation.ThrowIfCancellationRequested();
        return ExitCode.Success;
    }

    /// <summary>Writes the images of all parts and reports their scores.</summary>
    public static int Merge(PartSet parts, MergeTarget target)
    {
        var folder = new DirectoryInfo(target.Require("the folder for grid.png and reconstructions/"));
        OutputFolder.CheckFree(folder, "reconstructions", [GridName, FolderName], target.MayReplace);
        OutputFolder.Check("--out", folder);
        var scores = parts.Rows<ImageScore>();
        for (var number = 0; number < scores.Count; number++)
        {
            target.Cancellation.ThrowIfCancellationRequested();
            OutputFolder.WriteWithin(
                Path.Combine(folder.FullName, FolderName), PngName(scores[number].Image), parts.PartOf(number).Read(EntryOf(number)));
        }

        SaveGrid([.. Enumerable.Range(0, Math.Min(scores.Count, PairsInGrid)).Select(number => PairOf(parts.PartOf(number), number))],
            Path.Combine(folder.FullName, GridName));
        Report(scores, folder, parts.Parts[0].Facts<ModelInfo>(), target.WriteDocument);
        return ExitCode.Success;
    }

    private static ReconstructionPipeline PipelineOf(ParseResult parsed, AutoencoderModel model) => new()
    {
        Model = model,
        Size = parsed.GetValue(Size),
        Fit = parsed.GetValue(Fit),
        BatchSize = parsed.GetValue(Batch),
        MaximumPixels = Reading.MaximumPixels(parsed),
    };

    private static int RunPart(
        ParseResult parsed, PartTarget part, ReconstructionPipeline pipeline, ImageFolder images, CancellationToken cancellation)
    {
        var job = Opening.Record(parsed, new JobRecord()).With("--model", $"{pipeline.Model.ComputeWeightHash()}").With("--size", $"{pipeline.Size}")
            .With("--fit", $"{(pipeline.Size is null ? "" : Choices.NameOf(pipeline.Fit))}").With("images of --images", images);
        return part.Run(Name, job, images.Names.Count, ModelInfo.Of(pipeline.Model), (writer, numbers) =>
        {
            var (side, rows) = (GridSide(images.Names.Count), new List<NumberedRow<ImageScore>>());
            ForEach(pipeline, images, numbers, (number, row) =>
            {
                writer.Add(EntryOf(number), entry => row.Reconstruction.SavePng(entry));
                if (number < PairsInGrid)
                    AddPair(writer, number, row, side);
                rows.Add(new(number, ScoreOf(images, row)));
            }, cancellation);
            cancellation.ThrowIfCancellationRequested();
            writer.AddRows(rows);
        });
    }

    // An interruption ends the loop between two images; what is finished is kept and reported.
    private static List<ImageScore> Reconstruct(
        ReconstructionPipeline pipeline, ImageFolder images, DirectoryInfo folder, CancellationToken cancellation)
    {
        var side = GridSide(images.Names.Count);
        var (scores, pairs) = (new List<ImageScore>(), new List<IReadOnlyList<MLImage>>());
        ForEach(pipeline, images, [.. Enumerable.Range(0, images.Names.Count)], (_, row) =>
        {
            Save(row.Reconstruction, Path.Combine(folder.FullName, FolderName, PngName(images.NameOf(row.Path))));
            if (pairs.Count < PairsInGrid)
                pairs.Add([SheetImages.Fit(row.Original, side), SheetImages.Fit(row.Reconstruction, side)]);
            scores.Add(ScoreOf(images, row));
        }, cancellation);
        SaveGrid(pairs, Path.Combine(folder.FullName, GridName));
        return scores;
    }

    private static void ForEach(
        ReconstructionPipeline pipeline, ImageFolder images, int[] numbers, Action<int, ReconstructedImage> take, CancellationToken cancellation)
    {
        var all = images.Paths;
        var (files, done) = (Array.ConvertAll(numbers, number => all[number]), 0);
        ProgressDisplay.Run(Name, report => FileNames.InTerms(files, () =>
        {
            foreach (var row in pipeline.Run(files))
            {
                using (row.Original)
                using (row.Reconstruction)
                    take(numbers[done], row);
                done++;
                report((double)done / files.Length, $"{done} of {files.Length}");
                if (cancellation.IsCancellationRequested)
                    break;
            }
        }));
    }

    private static int GridSide(int images) => SheetImages.LargestSide(2 * Math.Min(images, PairsInGrid));

    private static ImageScore ScoreOf(ImageFolder images, ReconstructedImage row) => new(images.NameOf(row.Path), row.Psnr, row.Ssim);

    private static string EntryOf(int number) => $"reconstructions/{number}.png";

    private static string EntryOf(int number, string which) => $"grid/{number}-{which}.png";

    private static void AddPair(PartWriter writer, int number, ReconstructedImage row, int side)
    {
        using var original = SheetImages.Fit(row.Original, side);
        using var reconstruction = SheetImages.Fit(row.Reconstruction, side);
        writer.Add(EntryOf(number, "original"), entry => original.SavePng(entry));
        writer.Add(EntryOf(number, "reconstruction"), entry => reconstruction.SavePng(entry));
    }

    private static MLImage[] PairOf(PartFile part, int number) => [Shown(part, number, "original"), Shown(part, number, "reconstruction")];

    private static MLImage Shown(PartFile part, int number, string which)
    {
        using var png = new MemoryStream(part.Read(EntryOf(number, which)));
        return MLImage.CreateFromStream(png);
    }

    private static string PngName(string name) => name.EndsWith(".png", StringComparison.OrdinalIgnoreCase) ? name : $"{name}.png";

    // Never among the originals, whatever --out is.
    private static void Save(MLImage image, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        image.SavePng(path);
    }

    private static void SaveGrid(IReadOnlyList<IReadOnlyList<MLImage>> pairs, string path)
    {
        if (pairs.Count > 0)
            ImageGrid.Save(path, pairs, groupsPerRow: 4, scale: SheetImages.Scale(pairs[0][0], 2 * pairs.Count));
        foreach (var image in pairs.SelectMany(pair => pair))
            image.Dispose();
    }

    private static void Report(IReadOnlyList<ImageScore> scores, DirectoryInfo folder, ModelInfo model, Action<object> write)
    {
        var mean = ImageScore.Mean(scores);
        Terminal.Write(ScoreTable.Of(scores, mean));
        Terminal.WriteLine($"{Counted.Of(scores.Count, "image")}; originals next to reconstructions: {Path.Combine(folder.FullName, GridName)}");
        ImageScore.ExplainMean(scores);
        write(new { model, images = scores, mean });
    }
}
