using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LdmMl.Tests.Documentation;

/// <summary>A piece of C# that a reader may copy: an <c>example</c> of the XML documentation, or a block of a page.</summary>
/// <param name="File">The file, relative to the repository's root.</param>
/// <param name="Member">The documented member, or the line of the page.</param>
/// <param name="Code">Complete statements, with or without <c>using</c> lines and their own types.</param>
internal sealed record Snippet(string File, string Member, string Code)
{
    /// <summary>Puts the statements into a method of a class that declares what snippets presuppose, and the types next to it.</summary>
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

    // Tokens that the parser skips would otherwise vanish without an error.
    private static string TrailingComment(CompilationUnitSyntax root) =>
        root.ContainsSkippedText ? string.Concat(root.DescendantTrivia().Where(trivia => trivia.IsKind(SyntaxKind.SkippedTokensTrivia))) : "";
}
