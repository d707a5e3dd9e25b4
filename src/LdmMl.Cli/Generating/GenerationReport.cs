using System.Diagnostics;
using LdmMl.Cli.Output;
using LdmMl.Cli.Sharding;

namespace LdmMl.Cli.Generating;

/// <summary>The request of a run and its result.</summary>
internal sealed class GenerationReport
{
    private readonly ImageGeneration generation;
    private readonly GenerationFolder folder;
    private readonly Dictionary<int, double> seconds = [];
    private readonly Stopwatch clock = Stopwatch.StartNew();

    public GenerationReport(ImageGeneration generation, IReadOnlyList<PlannedImage> images, GenerationFolder folder)
    {
        (this.generation, Images, this.folder) = (generation, images, folder);
        Missing = [.. images.Where(image => !folder.Has(image))];
    }

    public required Shard Shard { get; init; }

    public required int Count { get; init; }

    /// <summary>Gets the images of this machine.</summary>
    public IReadOnlyList<PlannedImage> Images { get; }

    /// <summary>Gets those of them that did not exist when the run began.</summary>
    public IReadOnlyList<PlannedImage> Missing { get; }

    private IEnumerable<PlannedImage> Finished => Images.Where(folder.Has);

    /// <summary>Records that an image is finished.</summary>
    public void Finish(PlannedImage image, double itsSeconds) => seconds[image.Number] = itsSeconds;

    /// <summary>Puts the finished images on one sheet, those of a label together.</summary>
    /// <returns>Whether there was anything to put there.</returns>
    public bool WriteGrid(FileInfo file)
    {
        var shown = Finished.Take(CaptionedGrid.MostImages).ToArray();
        if (shown.Length == 0)
            return false;
        var captions = ImageGrid.CanDrawCaptions;
        var groups = shown.GroupBy(image => image.Label).Select(group => group.ToArray()).ToArray();
        CaptionedGrid.Save(
            [.. groups.Select(group => (captions ? group[0].LabelName : null, (IReadOnlyList<string>)[.. group.Select(folder.PathOf)]))],
            file.FullName);
        if (shown.Length < Finished.Count())
            Terminal.Message($"The grid shows the first {shown.Length} images.");
        if (!captions && groups[0][0].Label is not null)
        {
            var names = string.Join(", ", groups.Select(group => group[0].LabelName));
            Terminal.Message($"No font is installed to write labels with; the rows of the grid are {names}.");
        }

        return true;
    }

    /// <summary>Creates the document for machines.</summary>
    /// <param name="path">The model as it was named.</param>
    /// <param name="isComplete">Whether the run came to its end.</param>
    public object Document(string path, bool isComplete) => new
    {
        model = new { path, weightHash = folder.Record.ModelHash, info = DiffusionInfo.Of(generation.Model) },
        settings = Settings(),
        shard = Shard.ToString(),
        count = Count,
        outcome = isComplete ? "Completed" : "Interrupted",
        seconds = clock.Elapsed.TotalSeconds,
        made = seconds.Count,
        images = Finished.Select(image => new
        {
            image.Number, file = image.FileName, image.Seed, label = image.LabelName, prompt = image.Prompt, negative = image.NegativePrompt, initial = image.Initial, mask = image.Mask,
            seconds = seconds.TryGetValue(image.Number, out var value) ? value : (double?)null,
        }),
    };

    private object Settings()
    {
        var (settings, sampling, initials) = (generation.Settings, generation.Settings.Sampling!, Images.Any(image => image.Initial is not null));
        return new
        {
            sampler = sampling.Sampler.ToString(), sampling.Steps, spacing = sampling.Spacing?.ToString(),
            sigmas = sampling.SigmaCurve.ToString(),
            guidance = settings.GuidanceScale, settings.GuidanceRescale, strength = initials ? settings.Strength : (double?)null,
            width = settings.Width ?? generation.Model.DefaultWidth, height = settings.Height ?? generation.Model.DefaultHeight,
            precision = generation.Model.Precision.ToString(), convolutions = ConvolutionNames.Of(generation.Model.Convolutions),
            batch = generation.BatchSize,
        };
    }

    /// <summary>Describes the present state in one line.</summary>
    public string Summary(DirectoryInfo target)
    {
        var speed = seconds.Count > 0 ? $"; this run made {seconds.Count}, {seconds.Values.Average():G3} s each" : "";
        var verb = Images.Count == 1 ? "is" : "are";
        return $"{Finished.Count()} of {Counted.Of(Images.Count, "image")} {verb} in {target}{speed}";
    }
}
