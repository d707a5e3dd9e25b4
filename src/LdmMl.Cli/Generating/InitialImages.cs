using LdmMl.Cli.Output;
using LdmMl.Cli.Pipelines;
using LdmMl.Torch.Tensors;
using LdmMl.Torch.Training;
using static TorchSharp.torch;

namespace LdmMl.Cli.Generating;

/// <summary>The images to begin with, and their masks, read as they are needed and brought to one size.</summary>
internal sealed record InitialImages
{
    public required int Width { get; init; }

    public required int Height { get; init; }

    public required ImageFit Fit { get; init; }

    /// <summary>Pairs the images of a folder with the masks of the same name, or all with the only mask there is.</summary>
    /// <exception cref="FileNotFoundException">An image has no mask.</exception>
    public static IReadOnlyList<(string Image, string? Mask)> Find(DirectoryInfo? images, DirectoryInfo? masks)
    {
        if (images is null)
            return [];
        var files = ImageFiles.List(images);
        if (masks is null)
            return [.. files.Select(file => (file, (string?)null))];
        var known = ImageFiles.List(masks);
        if (known.Length == 1)
            return [.. files.Select(file => (file, (string?)known[0]))];
        var byStem = known.ToLookup(StemOf);
        return [.. files.Select(file => (file, (string?)OnlyMask(file, [.. byStem[StemOf(file)]])))];
    }

    /// <summary>Reads images, [B, channels, H, W], float32.</summary>
    /// <param name="files">The files of the rows.</param>
    /// <param name="channels">3, or 1 for grey.</param>
    /// <param name="range">The range of the values.</param>
    /// <param name="background">What lies behind transparent pixels.</param>
    public Tensor Read(IReadOnlyList<string> files, int channels, PixelRange range, PixelColor background)
    {
        var set = new ImageSet(Width, Height, channels);
        var reader = new SizedImages { Width = Width, Height = Height, Fit = Fit };
        foreach (var (_, image) in reader.Read(files, warning => Terminal.Message($"warning: {warning}")))
            TrainingImages.Add(set, image!, background);
        var values = new float[files.Count * channels * Height * Width];
        var length = channels * Height * Width;
        for (var row = 0; row < files.Count; row++)
            set.Read(row, range, values.AsSpan(row * length, length));
        return tensor(values, [files.Count, channels, Height, Width]);
    }

    private static string StemOf(string file) => Path.GetFileName(ImageFiles.Stem(file));

    private static string OnlyMask(string file, string[] masks) => masks is [var mask] ? mask : throw new FileNotFoundException(
        $"--mask holds {(masks.Length == 0 ? "no mask" : "several masks")} for '{Path.GetFileName(file)}'; "
        + "it must have one of the same name for each image of --init, or a single mask for all of them.");
}
