using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace ImageToImage;

/// <summary>An emoji, a variation of the whole, and the emoji with its lower half repainted.</summary>
internal sealed class RepaintedRow
{
    [ImageType(64, 64)]
    public MLImage Start { get; set; } = null!;

    [ImageType(64, 64)]
    public MLImage Varied { get; set; } = null!;

    [ImageType(64, 64)]
    public MLImage Repainted { get; set; } = null!;
}
