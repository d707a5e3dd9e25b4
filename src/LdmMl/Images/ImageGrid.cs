using LdmMl.Images;
using LdmMl.Internals;
using Microsoft.ML.Data;

namespace LdmMl;

/// <summary>
/// Arranges images on one sheet, with optional captions, and returns it as an image or writes it as a PNG file.
/// </summary>
/// <remarks>
/// Images of the same size are easiest to compare, but sizes may differ. The images remain the caller's. Captions are omitted on a machine
/// without fonts (<see cref="CanDrawCaptions"/>). A file is replaced only when the new one is complete.
/// </remarks>
/// <example>
/// <code>
/// ImageGrid.Save("images.png", images, columns: 6, scale: 2);
/// ImageGrid.Save("captions.png", [image, image], captions: ["before", "after"]);
/// ImageGrid.Save("labels.png", [new ImageGroup("Flags", images), new ImageGroup("Symbols", images)], columns: 8);
/// using var sheet = ImageGrid.Draw(images, columns: 6);
/// </code>
/// </example>
public static class ImageGrid
{
    /// <summary>Gets whether captions can be drawn: whether a font is installed.</summary>
    public static bool CanDrawCaptions => CaptionWriter.HasFont;

    /// <summary>Draws images row by row.</summary>
    /// <param name="images">The images, at least one.</param>
    /// <param name="columns">How many images are in a row, at least 1; null makes the sheet about square.</param>
    /// <param name="captions">The text under each image; null for no captions.</param>
    /// <param name="scale">The integer zoom factor, at least 1: small images are hard to see otherwise.</param>
    /// <returns>The sheet, opaque. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">There is no image, a number is below 1, or the numbers of captions and images differ.</exception>
    public static MLImage Draw(IReadOnlyList<MLImage> images, int? columns = null, IReadOnlyList<string>? captions = null, int scale = 1) =>
        GridLayout.OfImages(images, columns, captions, scale).Draw();

    /// <summary>Draws images row by row and writes a PNG file.</summary>
    /// <param name="path">The PNG file; replaced if it exists.</param>
    /// <param name="images">The images, at least one.</param>
    /// <param name="columns">How many images are in a row, at least 1; null makes the sheet about square.</param>
    /// <param name="captions">The text under each image; null for no captions.</param>
    /// <param name="scale">The integer zoom factor, at least 1.</param>
    /// <exception cref="ArgumentException">There is no image, a number is below 1, or the numbers of captions and images differ.</exception>
    public static void Save(
        string path, IReadOnlyList<MLImage> images, int? columns = null, IReadOnlyList<string>? captions = null, int scale = 1)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var sheet = Draw(images, columns, captions, scale);
        sheet.SavePng(path);
    }

    /// <summary>Draws groups in separate rows with their captions on the left.</summary>
    /// <param name="groups">The groups; at least one has an image.</param>
    /// <param name="columns">The most images in a row, at least 1; null lets rows grow to about 1,600 pixels.</param>
    /// <param name="scale">The integer zoom factor, at least 1.</param>
    /// <returns>The sheet, opaque. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">There is no image, or a number is below 1.</exception>
    public static MLImage Draw(IReadOnlyList<ImageGroup> groups, int? columns = null, int scale = 1) =>
        GridLayout.OfCaptionedGroups(groups, columns, scale).Draw();

    /// <summary>Draws groups in separate rows with their captions on the left, and writes a PNG file.</summary>
    /// <param name="path">The PNG file; replaced if it exists.</param>
    /// <param name="groups">The groups; at least one has an image.</param>
    /// <param name="columns">The most images in a row, at least 1; null lets rows grow to about 1,600 pixels.</param>
    /// <param name="scale">The integer zoom factor, at least 1.</param>
    /// <exception cref="ArgumentException">There is no image, or a number is below 1.</exception>
    public static void Save(string path, IReadOnlyList<ImageGroup> groups, int? columns = null, int scale = 1)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var sheet = Draw(groups, columns, scale);
        sheet.SavePng(path);
    }

    /// <summary>Draws groups, such as pairs of an original and its reconstruction, each in a line, several lines side by side.</summary>
    /// <param name="groups">The groups; at least one has an image.</param>
    /// <param name="groupsPerRow">How many groups are side by side, at least 1.</param>
    /// <param name="scale">The integer zoom factor, at least 1.</param>
    /// <returns>The sheet, opaque. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">There is no image, or a number is below 1.</exception>
    public static MLImage Draw(IReadOnlyList<IReadOnlyList<MLImage>> groups, int groupsPerRow = 4, int scale = 1) =>
        GridLayout.OfGroups(groups, groupsPerRow, scale).Draw();

    /// <summary>Draws groups, each in a line, several lines side by side, and writes a PNG file.</summary>
    /// <param name="path">The PNG file; replaced if it exists.</param>
    /// <param name="groups">The groups; at least one has an image.</param>
    /// <param name="groupsPerRow">How many groups are side by side, at least 1.</param>
    /// <param name="scale">The integer zoom factor, at least 1.</param>
    /// <exception cref="ArgumentException">There is no image, or a number is below 1.</exception>
    public static void Save(string path, IReadOnlyList<IReadOnlyList<MLImage>> groups, int groupsPerRow = 4, int scale = 1)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var sheet = Draw(groups, groupsPerRow, scale);
        sheet.SavePng(path);
    }
}
