using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace ImageToImage;

/// <summary>An emoji to start from, a mask of the part to repaint, and the seed.</summary>
internal sealed class EmojiRow
{
    public string Path { get; set; } = "";

    public long Seed { get; set; }

    public string Label { get; set; } = "";

    [ImageType(64, 64)]
    public MLImage Mask { get; set; } = null!;
}
