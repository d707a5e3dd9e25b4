namespace LdmMl.Cli.Tests;

public class PlainWordsTests
{
    [Theory]
    [InlineData("it must be Velocity or start", "Velocity")]
    [InlineData("Options.LearningRate was 0.1", "LearningRate")]
    [InlineData("Open it with AutoencoderLoadOptions.", "AutoencoderLoadOptions")]
    [InlineData("it must be at least 1, or null for none", "null")]
    public void Names_of_CSharp_are_found(string text, string name) => Assert.Contains(name, PlainWords.NamesIn(text));

    [Theory]
    [InlineData("Start with PyTorch. Trained on CompVis' files, 'Trained' is a label.")]
    [InlineData("The null label stands for none; /tmp/ImageGrid/LatentCache.bin")]
    public void Words_and_paths_are_not_names(string text) => Assert.Empty(PlainWords.NamesIn(text));
}
