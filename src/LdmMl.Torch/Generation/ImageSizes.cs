using LdmMl.Torch.Arguments;
using LdmMl.Torch.Tensors;

namespace LdmMl.Torch.Generation;

/// <summary>
/// SDXL's conditioning on sizes (micro-conditioning; Podell et al. 2023, section 2.2): the size of the picture before it was cropped and scaled,
/// where it was cropped, and its final size. Images look like training images with those sizes: blurred for a small original, detailed for a large
/// one.
/// </summary>
public sealed record ImageSizes
{
    /// <summary>Gets the height of the original (<c>original_size</c>), at least 1.</summary>
    /// <value>Default: null: that of the generated image.</value>
    public int? OriginalHeight { get; init; }

    /// <summary>Gets the width of the original, at least 1.</summary>
    /// <value>Default: null: that of the generated image.</value>
    public int? OriginalWidth { get; init; }

    /// <summary>Gets how many pixels were cropped at the top (<c>crops_coords_top_left</c>), at least 0.</summary>
    /// <value>Default: 0.</value>
    public int CropTop { get; init; }

    /// <summary>Gets how many pixels were cropped at the left, at least 0.</summary>
    /// <value>Default: 0.</value>
    public int CropLeft { get; init; }

    /// <summary>Gets the target height (<c>target_size</c>), at least 1.</summary>
    /// <value>Default: null: that of the generated image.</value>
    public int? TargetHeight { get; init; }

    /// <summary>Gets the target width, at least 1.</summary>
    /// <value>Default: null: that of the generated image.</value>
    public int? TargetWidth { get; init; }

    /// <summary>Returns the six numbers in the order in which the network takes them.</summary>
    internal float[] Numbers(ImageSize generated) =>
    [
        OriginalHeight ?? generated.Height, OriginalWidth ?? generated.Width, CropTop, CropLeft, TargetHeight ?? generated.Height,
        TargetWidth ?? generated.Width,
    ];

    internal void Validate()
    {
        Check.AtLeast(CropTop, 0);
        Check.AtLeast(CropLeft, 0);
        Check.AtLeast(OriginalHeight ?? 1, 1, nameof(OriginalHeight));
        Check.AtLeast(OriginalWidth ?? 1, 1, nameof(OriginalWidth));
        Check.AtLeast(TargetHeight ?? 1, 1, nameof(TargetHeight));
        Check.AtLeast(TargetWidth ?? 1, 1, nameof(TargetWidth));
    }
}
