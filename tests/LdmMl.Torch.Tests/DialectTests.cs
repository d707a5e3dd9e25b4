using System.Text.RegularExpressions;

namespace LdmMl.Torch.Tests;

/// <summary>The parts of the code style that .editorconfig cannot enforce.</summary>
public partial class DialectTests
{
    [Fact]
    public void Arrows_are_at_the_end_of_a_line() => Assert.Empty(Lines(LeadingArrow()));

    [Fact]
    public void Fields_have_no_prefix() => Assert.Empty(Lines(PrefixedField()));

    private static IEnumerable<string> Lines(Regex rule) =>
        from folder in (string[])["src", "tests", "examples"]
        from file in Directory.EnumerateFiles(Path.Combine(RealData.Repository, folder), "*.cs", SearchOption.AllDirectories)
        where !file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin")
        from line in File.ReadLines(file)
        where rule.IsMatch(line)
        select $"{Path.GetRelativePath(RealData.Repository, file)}: {line.Trim()}";

    [GeneratedRegex(@"^\s*=> ", RegexOptions.NonBacktracking)]
    private static partial Regex LeadingArrow();

    [GeneratedRegex(@"^\s+(private|protected|internal)[^(=;]* _[a-z]\w*( =|;|,)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex PrefixedField();
}
