using System.Globalization;
using System.Text;

namespace LdmMl.Torch.Models.Text.Unicode;

/// <summary>A table embedded in this assembly: lines of text; those that begin with # are comments.</summary>
internal static class DataLines
{
    /// <summary>Reads the lines of a table.</summary>
    /// <param name="name">The file's name in this folder.</param>
    public static IEnumerable<string> Of(string name)
    {
        using var stream = typeof(DataLines).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The assembly lacks its table {name}.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && line[0] != '#')
                yield return line;
        }
    }

    /// <summary>Parses hexadecimal code points, separated by spaces, to text.</summary>
    public static string Text(ReadOnlySpan<char> points)
    {
        var text = new StringBuilder();
        foreach (var part in points.Split(' '))
            text.Append(new Rune(Point(points[part])).ToString());
        return text.ToString();
    }

    /// <summary>Parses a hexadecimal code point.</summary>
    public static int Point(ReadOnlySpan<char> text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
