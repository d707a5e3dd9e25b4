using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LdmMl.Tests.Documentation;

/// <summary>A piece of C# that a reader may copy: an <c>example</c> of the XML documentation, or a block of a page.</summary>
/// <param name="File">Where it stands, from the repository's root.</param>
/// <param name="Member">The documented member, or the line of the page.</param>
/// <param name="Code">Whole statements, with or without <c>using</c> lines and types of their own.</param>
internal sealed record Snippet(string File, string Member, string Code)
{
    /// <summary>Puts the statements into a method whose class has what snippets take for granted, and the types beside it.</summary>
    public SyntaxTree ToTree(int number, CSharpParseOptions options)
    {
        var root = CSharpSyntaxTree.ParseText(Code, options).GetCompilationUnitRoot();
        var statements = root.Members.OfType<GlobalStatementSyntax>();
        var types = root.Members.Where(member => member is not GlobalStatementSyntax);
        var source = $$"""
            {{string.Concat(root.Usings.Select(line => line.ToFullString()))}}
            #pragma warning disable
            internal sealed class Snippet{{number}} : Assumed
            {
                public async Task Run(string[] args)
                {
                    {{string.Concat(statements.Select(line => line.ToFullString()))}}
                    {{TrailingComment(root)}}
                }
                {{string.Concat(types.Select(type => type.ToFullString()))}}
            }
            """;
        return CSharpSyntaxTree.ParseText(source, options, path: $"{number}");
    }

    // What is skipped as an error would otherwise vanish with its tokens.
    private static string TrailingComment(CompilationUnitSyntax root) =>
        root.ContainsSkippedText ? string.Concat(root.DescendantTrivia().Where(trivia => trivia.IsKind(SyntaxKind.SkippedTokensTrivia))) : "";
}
