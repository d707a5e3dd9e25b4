using Microsoft.ML.Data;

namespace LdmMl.Cli.Generating;

/// <summary>Image files on one sheet: those of a label in a row or several, with the label before them.</summary>
internal static class CaptionedGrid
{
    /// <summary>Of more images the sheet shows the first: it is for looking at.</summary>
    public const int MostImages = 400;

    private const int SmallImage = 96;      // pixels

    /// <summary>Writes a sheet.</summary>
    /// <param name="groups">The captions, null for none, and under each the image files, at least one; all images are of one size.</param>
    /// <param name="path">The PNG file.</param>
    public static void Save(IReadOnlyList<(string? Caption, IReadOnlyList<string> Files)> groups, string path)
    {
        var images = new List<MLImage>();
        try
        {
            foreach (var file in groups.SelectMany(group => group.Files))
                images.Add(Read(file));
            var scale = Math.Max(images[0].Width, images[0].Height) <= SmallImage ? 2 : 1;
            var next = 0;
            var captioned = new List<ImageGroup>();
            foreach (var (caption, files) in groups)
            {
                captioned.Add(new ImageGroup(caption, images[next..(next + files.Count)]));
                next += files.Count;
            }

            ImageGrid.Save(path, captioned, scale: scale);
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
