using System.Globalization;

namespace EmojiFromText;

/// <summary>A line of the table <c>labels.tsv</c>.</summary>
/// <param name="Path">The image.</param>
/// <param name="Subcategory">Such as <c>cat-face</c>.</param>
/// <param name="Name">Such as <c>grinning cat face with smiling eyes</c>.</param>
/// <param name="ShortName">Such as <c>smile_cat</c>.</param>
internal sealed record Emoji(string Path, string Subcategory, string Name, string ShortName)
{
    private const int Presentation = 0xFE0F;   // chooses how a character is drawn; tables leave it out

    /// <summary>Gets the characters of the emoji, which its file is named after.</summary>
    public string Characters => string.Concat(System.IO.Path.GetFileNameWithoutExtension(Path).Split('-')
        .Select(part => int.Parse(part, NumberStyles.HexNumber, CultureInfo.InvariantCulture))
        .Where(character => character != Presentation).Select(char.ConvertFromUtf32));
}
