using Microsoft.ML.Data;

namespace ImageService.Engines;

/// <summary>An image to reconstruct.</summary>
internal sealed class ImageRow
{
    [ImageOfAnySize]
    public MLImage Image { get; set; } = null!;
}
