using System.CommandLine;
using LdmMl.Cli.Arguments;
using LdmMl.Cli.Output;
using LdmMl.Cli.Pipelines;
using LdmMl.Cli.Sharding;
using LdmMl.Files;
using LdmMl.Torch.Checkpoints;
using TorchSharp;

namespace LdmMl.Cli.Commands;

/// <summary><c>ldmml encode</c>: the latents of the images of a folder, as files that Python opens too.</summary>
internal static class EncodeCommand
{
    /// <summary>The command's name.</summary>
    public const string Name = "encode";

    private const string FolderName = "latents", TensorName = "latent";

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
    private static readonly Option<DirectoryInfo?> Out = new("--out")
    {
        Description = "The folder for latents/, a safetensors file for each image; created if missing.",
    };
    private static readonly Option<int?> Size = CommonOptions.Size("Resize images to a square of this side; by default each keeps its size.");
    private static readonly Option<ImageFit> Fit = CommonOptions.Fit();
    private static readonly Option<int> Batch = CommonOptions.Batch("How many images are computed at once; the latents do not depend on it.", 8);
    private static readonly ReadingOptions Reading = new();
    private static readonly ShardOptions Sharding = new();
    private static readonly OutputOptions Output = new();

    public static Command Create()
    {
        var command = new ToolCommand(
            Name, "Encodes the images of a folder into latents, the mean of the posterior, scaled to unit variance as a diffusion model takes them.")
        {
            Examples =
            [
                "ldmml encode --model emoji --images examples/data/emoji --out out",
                "ldmml encode --model models/kl-f8 --images photos --size 256 --shard 0/4 --parts parts",
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
        var folder = parsed.GetValue(Out);
        if (part is null)
            Check(folder!, Output.Overwrites(parsed));
        Output.Check(parsed);
        using var model = Opening.Load(parsed, parsed.GetRequiredValue(Model));
        var pipeline = new EncodingPipeline
        {
            Model = model, Size = parsed.GetValue(Size), Fit = parsed.GetValue(Fit), BatchSize = parsed.GetValue(Batch),
            MaximumPixels = Reading.MaximumPixels(parsed),
        };
        var facts = new EncodingFacts(ModelInfo.Of(model), model.ComputeWeightHash());
        if (part is not null)
        {
            return part.Run(Name, JobOf(parsed, facts, images), images.Names.Count, facts, (writer, numbers) => writer.AddRows(
                Encode(pipeline, images, numbers, (number, image) => writer.Add(EntryOf(number), entry => Write(image, facts, entry)), cancellation)));
        }

        var latents = Encode(pipeline, images, [.. Enumerable.Range(0, images.Names.Count)], (_, image) =>
        {
            using var content = new MemoryStream();
            Write(image, facts, content);
            OutputFolder.WriteWithin(LatentsOf(folder!), NameOf(images.NameOf(image.Path)), content.ToArray());
        }, cancellation);
        return Report(facts, [.. latents.Select(latent => latent.Row)], folder!, document => Output.Write(parsed, document));
    }

    /// <summary>Writes the latents of all parts.</summary>
    public static int Merge(PartSet parts, MergeTarget target)
    {
        var folder = new DirectoryInfo(target.Require("the folder for latents/"));
        Check(folder, target.MayReplace);
        var latents = parts.Rows<LatentScore>();
        for (var number = 0; number < latents.Count; number++)
        {
            target.Cancellation.ThrowIfCancellationRequested();
            OutputFolder.WriteWithin(LatentsOf(folder), NameOf(latents[number].Image), parts.PartOf(number).Read(EntryOf(number)));
        }

        return Report(parts.Parts[0].Facts<EncodingFacts>(), latents, folder, target.WriteDocument);
    }

    private static void Check(DirectoryInfo folder, bool mayReplace)
    {
        OutputFolder.CheckFree(folder, "latents", [FolderName], mayReplace);
        OutputFolder.Check("--out", folder);
    }

    private static JobRecord JobOf(ParseResult parsed, EncodingFacts facts, ImageFolder images) =>
        Opening.Record(parsed, new JobRecord()).With("--model", $"{facts.WeightHash}").With("--size", $"{parsed.GetValue(Size)}")
            .With("--fit", $"{(parsed.GetValue(Size) is null ? "" : Choices.NameOf(parsed.GetValue(Fit)))}").With("images of --images", images);

    private static List<NumberedRow<LatentScore>> Encode(
        EncodingPipeline pipeline, ImageFolder images, int[] numbers, Action<int, EncodedImage> take, CancellationToken cancellation)
    {
        var all = images.Paths;
        var (files, rows) = (Array.ConvertAll(numbers, number => all[number]), new List<NumberedRow<LatentScore>>());
        ProgressDisplay.Run(Name, report => FileNames.InTerms(files, () =>
        {
            foreach (var image in pipeline.Run(files))
            {
                cancellation.ThrowIfCancellationRequested();
                take(numbers[rows.Count], image);
                rows.Add(new(numbers[rows.Count], LatentScore.Of(images.NameOf(image.Path), image.Shape, image.Latent)));
                report((double)rows.Count / files.Length, $"{rows.Count} of {files.Length}");
            }
        }));
        return rows;
    }

    private static void Write(EncodedImage image, EncodingFacts facts, Stream stream)
    {
        using var latent = torch.tensor(image.Latent, image.Shape);
        SafetensorsFile.Write(stream, [new(TensorName, latent)], new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["format"] = "pt", ["autoencoder"] = facts.WeightHash,
        });
    }

    private static string LatentsOf(DirectoryInfo folder) => Path.Combine(folder.FullName, FolderName);

    private static string NameOf(string image) => $"{image}.safetensors";

    private static string EntryOf(int number) => $"{FolderName}/{number}.safetensors";

    private static int Report(EncodingFacts facts, IReadOnlyList<LatentScore> latents, DirectoryInfo folder, Action<object> write)
    {
        var (mean, deviation) = LatentScore.OfAll(latents);
        Terminal.WriteLine($"{Counted.Of(latents.Count, "latent")} in {LatentsOf(folder)}; mean {mean:F4}, standard deviation {deviation:F4}");
        write(new { model = facts.Model, weightHash = facts.WeightHash, images = latents, mean, deviation });
        return ExitCode.Success;
    }
}
