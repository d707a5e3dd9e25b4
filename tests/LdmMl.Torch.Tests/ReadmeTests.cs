namespace LdmMl.Torch.Tests;

public class ReadmeTests
{
    private static readonly string Readme = Read("README.md");

    [Theory]
    [InlineData("TenLines")]
    [InlineData("TenLinesGenerated")]
    [InlineData("TenLinesTrained")]
    public void Ten_line_programs_equal_the_examples_that_are_built(string example)
    {
        var program = File.ReadAllText(Path.Combine(RealData.Repository, "examples", example, "Program.cs"));

        Assert.Contains($"```csharp\n{program}```", Readme, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("README.md", "dotnet run --project examples/QuickStart -- \"an old man with a beard\"\n", "examples/QuickStart/Program.cs")]
    [InlineData("README.md", "dotnet test\n", ".ci/run")]
    [InlineData("README.md", "eng/verify-packages.sh", "eng/verify-packages.sh")]
    [InlineData("README.md", "dotnet run --project src/LdmMl.Cli -- doctor", "src/LdmMl.Cli/Program.cs")]
    [InlineData("tests/README.md", "eng/verify-packages.sh", "eng/verify-packages.sh")]
    [InlineData("tests/LdmMl.Benchmarks/README.md", "dotnet run -c Release --project tests/LdmMl.Benchmarks", "tests/LdmMl.Benchmarks/Program.cs")]
    [InlineData("tests/LdmMl.Benchmarks/README.md", "--project examples/FirstStageObjectives -- EMOJI OUT", "examples/FirstStageObjectives/Program.cs")]
    [InlineData("tests/LdmMl.Benchmarks/README.md", "dotnet run --project examples/PerceptualTrunk", "examples/PerceptualTrunk/Program.cs")]
    [InlineData("examples/models/README.md", "dotnet run -c Release --project examples/EmojiGeneration", "examples/EmojiGeneration/Program.cs")]
    [InlineData("examples/models/README.md", "dotnet run -c Release --project examples/EmojiFromText -- train EMOJI CLDR OUT", "examples/EmojiFromText/Program.cs")]
    [InlineData(".github/CONTRIBUTING.md", "eng/public-api.sh", "eng/public-api.sh")]
    public void Commands_on_the_pages_name_existing_projects_and_files(string page, string command, string file)
    {
        Assert.Contains(command, Read(page), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(RealData.Repository, file)));
    }

    [Fact]
    public void The_readme_can_be_read_in_three_minutes()
    {
        Assert.InRange(Readme.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Length, 1, 1200);   // programs included
        Assert.InRange(Readme.TrimEnd().Split('\n').Length, 1, 150);
    }

    [Theory]
    [InlineData("Install")]
    [InlineData("Quick start")]
    [InlineData("Features")]
    [InlineData("Benchmarks")]
    [InlineData("Verification")]
    [InlineData("Limitations")]
    public void The_readme_has_the_headings_that_people_look_for(string heading) =>
        Assert.Contains($"\n## {heading}\n", Readme, StringComparison.Ordinal);

    [Theory]
    [InlineData("LdmMl")]
    [InlineData("LdmMl.Torch")]
    [InlineData("LdmMl.Cli")]
    [InlineData("LdmMl.ImageSharp")]
    [InlineData("LdmMl.Extensions")]
    [InlineData("LdmMl.Models.Emoji")]
    [InlineData("LdmMl.Templates")]
    public void Links_of_a_package_are_absolute(string package)
    {
        var page = Read($"src/{package}/README.md");

        Assert.Contains("dotnet ", page, StringComparison.Ordinal);
        Assert.DoesNotContain(page.Split("](").Skip(1), link => !link.StartsWith("https://", StringComparison.Ordinal));
    }

    private static string Read(string page) => File.ReadAllText(Path.Combine(RealData.Repository, page));
}
