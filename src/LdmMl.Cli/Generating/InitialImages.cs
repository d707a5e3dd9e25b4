using LdmMl.Cli.Pipelines;
using LdmMl.Files;
using LdmMl.Images;
using LdmMl.Torch.Tensors;
using LdmMl.Torch.Training;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace LdmMl.Cli.Generating;

/// <summary>The images to begin with, and their masks, read as they are needed and brought to one size.</summary>
internal sealed record InitialImages
{
    public required int Width { get; init; }

    public required int Height { get; init; }

    public required ImageFit Fit { get; init; }

    /// <summary>Gets the most pixels that an image may have.</summary>
    public long MaximumPixels { get; init; } = ImageFile.DefaultMaximumPixels;

    /// <summary>Pairs the images of a folder with the masks of the same name, or all with the only mask there is.</summary>
    /// <exception cref="FileNotFoundException">An image has no mask.</exception>
    public static IReadOnlyList<InitialImage> Find(DirectoryInfo? images, DirectoryInfo? masks)
    {
        if (images is null)
            return [];
        var folder = ImageFolders.Open("--init", images);
        if (masks is null)
            return [.. folder.Names.Select(name => Of(folder, name, mask: null))];
        var known = ImageFolders.Open("--mask", masks);
        if (known.Names is [_])
            return [.. folder.Names.Select(name => Of(folder, name, known.Paths[0]))];
        var byStem = known.Names.ToLookup(ImageFolder.Stem);
        return [.. folder.Names.Select(name =>
            Of(folder, name, Path.Combine(known.Folder.FullName, OnlyMask(name, [.. byStem[ImageFolder.Stem(name)]]))))];
    }

    /// <summary>Reads images, [B, channels, H, W], float32.</summary>
    /// <param name="files">The files of the rows.</param>
    /// <param name="channels">3, or 1 for grey.</param>
    /// <param name="range">The range of the values.</param>
    /// <param name="background">What lies behind transparent pixels.</param>
    public Tensor Read(IReadOnlyList<string> files, int channels, PixelRange range, PixelColor background)
    {
        var set = new ImageSet(Width, Height, channels);
        var reader = new SizedImages { Width = Width, Height = Height, Fit = Fit, MaximumPixels = MaximumPixels };
        reader.Read(files, image =>
        {
            using (image)
            using (var pixels = new StraightPixels(image))
                set.Add(pixels.Bytes, pixels.Layout, background);
        });
        var values = new float[files.Count * channels * Height * Width];
        var length = channels * Height * Width;
        for (var row = 0; row < files.Count; row++)
            set.Read(row, range, values.AsSpan(row * length, length));
        return tensor(values, [files.Count, channels, Height, Width]);
    }

    private static InitialImage Of(ImageFolder folder, string name, string? mask) =>
        new(Path.Combine(folder.Folder.FullName, name), ImageFolder.Stem(name), mask);

    private static string OnlyMask(string file, string[] masks) => masks is [var mask] ? mask : throw new FileNotFoundException(
        $"--mask contains {(masks.Length == 0 ? "no mask" : "several masks")} for '{file}'; "
        + "it must have one of the same name for each image of --init, or a single mask for all of them.");
}
