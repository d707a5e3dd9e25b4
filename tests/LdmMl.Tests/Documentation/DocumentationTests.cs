namespace LdmMl.Tests.Documentation;

/// <summary>Code that readers copy must compile: the examples of the XML documentation and the C# of the pages.</summary>
public class DocumentationTests
{
    [Fact]
    public void Every_example_and_every_page_compiles()
    {
        Snippet[] snippets =
        [
            .. Snippets.OfAssembly("LdmMl"), .. Snippets.OfAssembly("LdmMl.Torch"), .. Snippets.OfAssembly("LdmMl.Extensions"),
            .. Snippets.Pages.SelectMany(Snippets.OfPage),
        ];

        var errors = SnippetCompilation.Errors(snippets);
        Assert.NotEmpty(snippets);
        Assert.True(errors.Count == 0, string.Join('\n', errors));
    }

    [Fact]
    public void A_snippet_that_does_not_compile_is_named()
    {
        var errors = SnippetCompilation.Errors(
        [
            new Snippet("good.md", "line 1", "var psnr = 1.0;\nConsole.WriteLine(psnr);\nclass Row { public int Id { get; set; } }"),
            new Snippet("bad.md", "line 7", "using LdmMl;\nvar latents = autoencoder.Encoed(images);"),
            new Snippet("worse.md", "line 9", "var latents = autoencoder.Encode(images"),
        ]);

        Assert.Equal(["bad.md, line 7", "worse.md, line 9"], errors.Select(error => error[..error.IndexOf(':', StringComparison.Ordinal)]).Distinct().Order());
        Assert.Contains(errors, error => error.Contains("Encoed", StringComparison.Ordinal));
    }

    [Fact]
    public void Snippets_cannot_use_internals() =>
        Assert.NotEmpty(SnippetCompilation.Errors([new Snippet("inner.md", "line 1", "var size = LdmMl.Internals.MlHost.Seed(null!);")]));
}
