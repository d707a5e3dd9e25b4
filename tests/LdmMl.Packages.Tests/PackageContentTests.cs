using System.Xml.Linq;

namespace LdmMl.Packages.Tests;

/// <summary>The content and the metadata of the packages.</summary>
[Collection(SharedPackages.Name)]
public sealed class PackageContentTests(PackageFeed feed)
{
    private const string Repository = "https://github.com/ldmml/ldmml";

    [Fact]
    public void LdmMl_Torch_contains_the_code_that_loads_libtorch_when_a_program_starts()
    {
        using var package = feed.Open("LdmMl.Torch");

        Assert.NotNull(package.GetEntry("buildTransitive/LdmMl.Torch.targets"));
        Assert.NotNull(package.GetEntry("buildTransitive/LdmMl.Torch.Startup.cs"));
    }

    [Theory]
    [InlineData("LdmMl.Torch")]
    [InlineData("LdmMl")]
    [InlineData("LdmMl.ImageSharp")]
    [InlineData("LdmMl.Extensions")]
    [InlineData("LdmMl.Cli")]
    [InlineData("LdmMl.Models.Emoji")]
    [InlineData("LdmMl.Templates")]
    public void A_package_says_what_it_is_where_it_comes_from_and_what_is_new(string id)
    {
        using var package = feed.Open(id);
        using var stream = package.GetEntry($"{id}.nuspec")!.Open();
        var metadata = XDocument.Load(stream).Root!.Elements().Single();
        string Value(string name) => metadata.Elements().Single(element => element.Name.LocalName == name).Value;

        Assert.NotNull(package.GetEntry(Value("icon")));
        Assert.NotNull(package.GetEntry(Value("readme")));
        Assert.Equal("MIT", Value("license"));
        Assert.Equal(Repository, Value("projectUrl"));
        Assert.Equal(Repository, metadata.Elements().Single(element => element.Name.LocalName == "repository").Attribute("url")!.Value);
        Assert.Contains("image-generation", Value("tags").Split(' '));
        Assert.StartsWith(Repository, Value("releaseNotes"), StringComparison.Ordinal);
        Assert.NotEmpty(Value("description"));
    }

    [Fact]
    public void LdmMl_depends_on_exactly_the_version_of_LdmMl_Torch_whose_internals_it_uses()
    {
        using var package = feed.Open("LdmMl");
        using var stream = package.GetEntry("LdmMl.nuspec")!.Open();
        var dependencies = XDocument.Load(stream).Descendants().Where(element => element.Name.LocalName == "dependency").ToLookup(
            element => element.Attribute("id")!.Value, element => element.Attribute("version")!.Value);

        Assert.All(dependencies["LdmMl.Torch"], version => Assert.Equal($"[{feed.Version}]", version));
        Assert.NotEmpty(dependencies["LdmMl.Torch"]);
    }

    [Theory]
    [InlineData("LdmMl.Torch")]
    [InlineData("LdmMl")]
    [InlineData("LdmMl.ImageSharp")]
    [InlineData("LdmMl.Extensions")]
    public void Every_source_is_in_the_symbols_or_where_they_say(string id)
    {
        using var symbols = feed.Open(id, "snupkg");
        var sources = SymbolSources.Read(symbols.Entries.Single(entry => entry.Name == $"{id}.pdb"));

        var (pattern, address) = Assert.Single(sources.Links);
        Assert.EndsWith("/*", pattern, StringComparison.Ordinal);
        Assert.Matches("^https://raw.githubusercontent.com/ldmml/ldmml/[0-9a-f]{40}/\\*$", address);
        var linked = sources.Documents.Where(document => document.StartsWith(pattern[..^1], StringComparison.Ordinal)).ToHashSet();
        Assert.Equal([], sources.Documents.Where(document => !linked.Contains(document) && !sources.Embedded.Contains(document)));

        // Sources with a web address are files of the repository.
        Assert.Equal([], linked.Except(sources.Embedded).Where(document => !File.Exists(Path.Combine(RealData.Repository, document[(pattern.Length - 1)..]))));
        Assert.InRange(linked.Count, 5, int.MaxValue);
    }

    [Theory]
    [InlineData("LdmMl.Torch")]
    [InlineData("LdmMl")]
    public void Symbols_are_in_a_separate_package(string id)
    {
        using var symbols = feed.Open(id, "snupkg");

        Assert.Contains(symbols.Entries, entry => entry.Name == $"{id}.pdb");
    }
}
