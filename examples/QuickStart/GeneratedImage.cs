using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace QuickStart;

internal sealed class GeneratedImage
{
    [ImageType(64, 64)]
    public MLImage Image { get; set; } = null!;
}
