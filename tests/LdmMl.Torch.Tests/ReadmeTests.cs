namespace LdmMl.Torch.Tests;

public class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Path.Combine(RealData.Repository, "README.md"));

    [Theory]
    [InlineData("TenLines")]
    [InlineData("TenLinesGenerated")]
    public void Ten_line_programs_are_the_examples_that_are_built(string example)
    {
        var program = File.ReadAllText(Path.Combine(RealData.Repository, "examples", example, "Program.cs"));

        Assert.Contains($"```csharp\n{program}```", Readme, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dotnet run --project examples/QuickStart", "examples/QuickStart/Program.cs")]
    [InlineData("dotnet run -c Release --project tests/LdmMl.Benchmarks", "tests/LdmMl.Benchmarks/Program.cs")]
    [InlineData("dotnet run -c Release --project examples/FirstStageObjectives -- EMOJI OUT", "examples/FirstStageObjectives/Program.cs")]
    [InlineData("dotnet run -c Release --project examples/EmojiGeneration", "examples/EmojiGeneration/Program.cs")]
    [InlineData("dotnet run --project examples/PerceptualTrunk", "examples/PerceptualTrunk/Program.cs")]
    [InlineData("eng/verify-packages.sh", "eng/verify-packages.sh")]
    [InlineData("dotnet test\n", ".ci/run")]
    public void Commands_of_the_readme_name_what_is_there(string command, string file)
    {
        Assert.Contains(command, Readme, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(RealData.Repository, file)));
    }
}
