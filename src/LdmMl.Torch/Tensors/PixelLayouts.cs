namespace LdmMl.Torch.Tensors;

/// <summary>Properties of the members of <see cref="PixelLayout"/>.</summary>
internal static class PixelLayouts
{
    public static int BytesPerPixel(this PixelLayout layout) => layout switch
    {
        PixelLayout.Gray8 => 1,
        PixelLayout.Rgb24 => 3,
        PixelLayout.Rgba32 or PixelLayout.Bgra32 => 4,
        _ => throw new ArgumentOutOfRangeException(nameof(layout), layout, "Unknown pixel layout."),
    };
}
