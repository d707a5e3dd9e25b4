using Microsoft.ML.Data;

namespace ImageService.Engines;

/// <summary>Two images to compare.</summary>
internal sealed class PairRow
{
    [ImageOfAnySize]
    public MLImage Reference { get; set; } = null!;

    [ImageOfAnySize]
    public MLImage Candidate { get; set; } = null!;
}
