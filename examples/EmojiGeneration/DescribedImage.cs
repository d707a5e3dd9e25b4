using Microsoft.ML.Data;

namespace EmojiGeneration;

/// <summary>An image as an input row of the judge.</summary>
internal sealed class DescribedImage
{
    public string Category { get; set; } = "";

    [VectorType]
    public float[] Features { get; set; } = [];
}
