using System.Xml;
using System.Xml.Linq;

namespace EmojiFromText;

/// <summary>The English names and keywords of emoji in Unicode's Common Locale Data Repository.</summary>
/// <param name="Names">The name of each emoji, by its characters.</param>
/// <param name="Keywords">Its keywords.</param>
internal sealed record Annotations(IReadOnlyDictionary<string, string> Names, IReadOnlyDictionary<string, string[]> Keywords)
{
    private static readonly XmlReaderSettings Settings = new() { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null };

    /// <summary>Reads <c>annotations/en.xml</c> and <c>annotationsDerived/en.xml</c>.</summary>
    /// <param name="folder">The folder <c>common</c> of the repository.</param>
    public static Annotations Read(string folder)
    {
        XElement[] lines = [.. Lines(folder, "annotations"), .. Lines(folder, "annotationsDerived")];
        return new Annotations(
            lines.Where(IsName).ToDictionary(Characters, line => line.Value, StringComparer.Ordinal),
            lines.Where(line => !IsName(line)).ToDictionary(Characters, line => line.Value.Split(" | "), StringComparer.Ordinal));
    }

    private static IEnumerable<XElement> Lines(string folder, string part)
    {
        using var reader = XmlReader.Create(Path.Combine(folder, part, "en.xml"), Settings);
        return XDocument.Load(reader).Descendants("annotation");
    }

    private static string Characters(XElement line) => line.Attribute("cp")!.Value;

    private static bool IsName(XElement line) => line.Attribute("type")?.Value == "tts";
}
