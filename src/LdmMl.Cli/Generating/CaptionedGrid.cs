using LdmMl.Cli.Output;
using Microsoft.ML.Data;

namespace LdmMl.Cli.Generating;

/// <summary>Image files on one sheet: those of a label in a row or several, with the label before them.</summary>
internal static class CaptionedGrid
{
    /// <summary>The sheet shows at most this many images; it is meant to be looked at.</summary>
    public const int MostImages = 400;

    /// <summary>Writes a sheet.</summary>
    /// <param name="groups">The captions, null for none, and under each the image files, at least one; all images are of one size.</param>
    /// <param name="path">The PNG file.</param>
    public static void Save(IReadOnlyList<(string? Caption, IReadOnlyList<string> Files)> groups, string path)
    {
        var images = new List<MLImage>();
        try
        {
            var files = groups.SelectMany(group => group.Files).ToArray();
            foreach (var file in files)
            {
                using var image = Read(file);
                images.Add(SheetImages.Fit(image, SheetImages.LargestSide(files.Length)));
            }

            var next = 0;
            var captioned = new List<ImageGroup>();
            foreach (var (caption, its) in groups)
            {
                captioned.Add(new ImageGroup(caption, images[next..(next + its.Count)]));
                next += its.Count;
            }

            ImageGrid.Save(path, captioned, scale: SheetImages.Scale(images[0], images.Count));
        }
        finally
        {
            images.ForEach(image => image.Dispose());
        }
    }

    private static MLImage Read(string file)
    {
        try
        {
            return ImageFile.Decode(file);
        }
        catch (ImageFileException error)
        {
            throw new InvalidDataException($"{error.Message} Delete it and run again to create it again.", error);
        }
    }
}
