namespace EmojiGeneration;

/// <summary>What the judge takes an image for.</summary>
internal sealed class Verdict
{
    public string PredictedCategory { get; set; } = "";
}
