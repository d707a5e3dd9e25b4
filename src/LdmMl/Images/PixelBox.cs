using System.Runtime.InteropServices;

namespace LdmMl.Images;

/// <summary>A rectangle of whole pixels inside an image.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PixelBox(int Left, int Top, int Width, int Height)
{
    /// <summary>Returns the centred box of a size inside a larger one; an odd pixel is left over at the right or bottom.</summary>
    public static PixelBox Centered(int width, int height, int outerWidth, int outerHeight) =>
        new((outerWidth - width) / 2, (outerHeight - height) / 2, width, height);

    /// <summary>Returns the largest centred box with the proportions of another size.</summary>
    public static PixelBox Filling(int width, int height, int outerWidth, int outerHeight)
    {
        var tooWide = (long)outerWidth * height > (long)outerHeight * width;
        return tooWide
            ? Centered(Share(outerHeight, width, height), outerHeight, outerWidth, outerHeight)
            : Centered(outerWidth, Share(outerWidth, height, width), outerWidth, outerHeight);
    }

    /// <summary>Returns the position of an image that is scaled to fit into another size and centred.</summary>
    public static PixelBox Fitting(int width, int height, int outerWidth, int outerHeight)
    {
        var tooWide = (long)width * outerHeight > (long)height * outerWidth;
        return tooWide
            ? Centered(outerWidth, Share(outerWidth, height, width), outerWidth, outerHeight)
            : Centered(Share(outerHeight, width, height), outerHeight, outerWidth, outerHeight);
    }

    // length * numerator / denominator, rounded, at least 1.
    private static int Share(int length, int numerator, int denominator) =>
        (int)Math.Max(1, (((2L * length * numerator) + denominator) / (2L * denominator)));
}
