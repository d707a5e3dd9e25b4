using LdmMl.Testing;

namespace LdmMl.Tests.Documentation;

/// <summary>Links and quoted code on the pages are up to date.</summary>
public class PageTests
{
    public static TheoryData<string> Pages => [.. Snippets.Pages];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Links_lead_to_existing_files_and_headings(string page)
    {
        var read = new Page(page);
        var broken = read.Links.Where(link => !Leads(read, link));

        Assert.Empty(broken);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Quoted_code_equals_the_source(string page)
    {
        var changed = new Page(page).Quotations
            .Where(quotation => !Page.Flat(File.ReadAllText(quotation.File)).Contains(Page.Flat(quotation.Piece), StringComparison.Ordinal))
            .Select(quotation => $"{Path.GetRelativePath(RealData.Repository, quotation.File)} no longer says:\n{quotation.Piece}");

        Assert.Empty(changed);
    }

    [Fact]
    public void Every_picture_of_the_examples_is_shown_on_a_page()
    {
        var shown = Snippets.Pages.Select(page => new Page(page)).SelectMany(page => page.Links.Select(page.Resolve)).ToHashSet();
        var pictures = Directory.EnumerateFiles(Path.Combine(RealData.Repository, "examples"), "*.png", SearchOption.AllDirectories)
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "data"));

        Assert.DoesNotContain(pictures, picture => !shown.Contains(picture));
    }

    private static bool Leads(Page page, string link)
    {
        var target = page.Resolve(link);
        if (link.StartsWith('#'))
            return page.Anchors.Contains(link[1..]);
        return link.Split('#') is [_, var anchor]
            ? File.Exists(target) && new Page(Path.GetRelativePath(RealData.Repository, target)).Anchors.Contains(anchor)
            : File.Exists(target) || Directory.Exists(target);
    }
}
