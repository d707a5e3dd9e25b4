using Microsoft.ML.Data;

namespace EmojiGeneration;

/// <summary>An image as the judge sees it.</summary>
internal sealed class DescribedImage
{
    public string Category { get; set; } = "";

    [VectorType]
    public float[] Features { get; set; } = [];
}
