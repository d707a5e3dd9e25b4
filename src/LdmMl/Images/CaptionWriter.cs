using SkiaSharp;

namespace LdmMl.Images;

/// <summary>Measures and draws single lines of text.</summary>
internal sealed class CaptionWriter : IDisposable
{
    /// <summary>The height of the letters, in pixels.</summary>
    public const int TextSize = 15;

    private readonly SKPaint ink = new() { IsAntialias = true, Color = new SKColor(0x20, 0x20, 0x20) };
    private readonly SKFont font = new(SKTypeface.Default, TextSize) { Subpixel = true };

    /// <summary>Gets whether a font is installed.</summary>
    public static bool HasFont => SKFontManager.Default.FontFamilyCount > 0;

    /// <summary>Measures the width of a text in whole pixels.</summary>
    public int Measure(string text) => InFontFor(text, () => (int)Math.Ceiling(font.MeasureText(text)));

    /// <summary>Draws a text that begins at <paramref name="x"/> with its baseline at <paramref name="y"/>.</summary>
    public void Draw(SKCanvas canvas, string text, float x, float y) => InFontFor(text, () =>
    {
        canvas.DrawText(text, x, y, font, ink);
        return 0;
    });

    public void Dispose()
    {
        font.Dispose();
        ink.Dispose();
    }

    // If the default font lacks a letter, the whole text is set in a font that has the first missing letter, if there is one.
    private int InFontFor(string text, Func<int> write)
    {
        var missing = text.EnumerateRunes().FirstOrDefault(letter => !SKTypeface.Default.ContainsGlyph(letter.Value));
        using var other = missing == default ? null : SKFontManager.Default.MatchCharacter(missing.Value);
        font.Typeface = other ?? SKTypeface.Default;
        var result = write();
        font.Typeface = SKTypeface.Default;
        return result;
    }
}
