using System.Text.RegularExpressions;
using System.Xml.Linq;
using LdmMl.Testing;

namespace LdmMl.Tests.Documentation;

/// <summary>Finds the snippets of the XML documentation and of the pages.</summary>
internal static partial class Snippets
{
    /// <summary>Gets the pages of the repository, relative to its root.</summary>
    public static IReadOnlyList<string> Pages { get; } =
    [
        .. Directory.EnumerateFiles(RealData.Repository, "*.md", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(RealData.Repository, file).Replace('\\', '/'))
            .Where(file => !file.Split('/').Any(part => part is "artifacts" or "bin" or "obj" or "Goldens" or "node_modules"))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Returns the code of every <c>example</c> in an assembly's documentation; pieces of one example belong together.</summary>
    public static IEnumerable<Snippet> OfAssembly(string name) =>
        from member in Members(name)
        from example in member.Elements("example")
        where example.Element("code") is not null
        select new Snippet($"{name}.xml", member.Attribute("name")!.Value, string.Join('\n', example.Elements("code").Select(code => code.Value)));

    /// <summary>Gives the documented members of an assembly.</summary>
    public static IEnumerable<XElement> Members(string assembly) =>
        XDocument.Load(Path.Combine(AppContext.BaseDirectory, assembly + ".xml")).Descendants("member");

    /// <summary>Returns every block of a page that is marked as C#; blocks marked <c>cs</c> are quotations (<see cref="PageTests"/>).</summary>
    public static IEnumerable<Snippet> OfPage(string page)
    {
        var text = File.ReadAllText(Path.Combine(RealData.Repository, page));
        foreach (Match block in Block().Matches(text))
            yield return new Snippet(page, $"line {text.AsSpan(0, block.Index).Count('\n') + 1}", block.Groups["code"].Value);
    }

    [GeneratedRegex(@"^```csharp\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Block();
}
