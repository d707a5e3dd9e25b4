using System.Text.RegularExpressions;
using LdmMl.Testing;

namespace LdmMl.Tests.Documentation;

/// <summary>A page of the repository: its links, its headings, and the code that it quotes.</summary>
/// <param name="path">The page, relative to the repository's root.</param>
internal sealed partial class Page(string path)
{
    private readonly string text = File.ReadAllText(Path.Combine(RealData.Repository, path));

    /// <summary>Gets the targets of links and pictures within the repository.</summary>
    public IEnumerable<string> Links =>
        Link().Matches(Fence().Replace(text, "")).Select(match => match.Groups["target"].Value)
            .Where(target => !target.StartsWith("http", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal));

    /// <summary>Gets the anchors of the headings, as the hosting site creates them.</summary>
    public IEnumerable<string> Anchors =>
        Heading().Matches(Fence().Replace(text, "")).Select(match => Dropped().Replace(match.Groups["title"].Value.ToLowerInvariant(), "").Replace(' ', '-'));

    /// <summary>Gets the quoted pieces, each with the source file that the last link before it names.</summary>
    public IEnumerable<(string File, string Piece)> Quotations =>
        from Match block in Quotation().Matches(text)
        let file = SourceLink().Matches(text[..block.Index]).Last().Groups["target"].Value
        from piece in block.Groups["code"].Value.Split("// ...\n")
        where !string.IsNullOrWhiteSpace(piece)
        select (Resolve(file), piece);

    /// <summary>Returns the full path of a link's target.</summary>
    public string Resolve(string target) =>
        Path.GetFullPath(Path.Combine(RealData.Repository, Path.GetDirectoryName(path)!, target.Split('#')[0]));

    /// <summary>Removes the indentation of every line, so that quoted code may be indented differently.</summary>
    public static string Flat(string code) =>
        string.Join('\n', code.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Link();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+\.cs)\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SourceLink();

    [GeneratedRegex(@"^#+ (?<title>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Dropped();

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^```cs\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Quotation();
}
