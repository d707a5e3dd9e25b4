namespace EmojiGeneration;

/// <summary>The judge's classification of an image.</summary>
internal sealed class Verdict
{
    public string PredictedCategory { get; set; } = "";
}
