using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace QuickStart;

internal sealed class ScoredImage
{
    public string Path { get; set; } = "";

    [ImageType(64, 64)]
    public MLImage Image { get; set; } = null!;

    [ImageType(64, 64)]
    public MLImage Reconstruction { get; set; } = null!;

    public float Psnr { get; set; }

    public float Ssim { get; set; }

    public float Distance { get; set; }
}
