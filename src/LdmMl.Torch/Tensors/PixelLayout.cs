namespace LdmMl.Torch.Tensors;

/// <summary>The order of bytes in one pixel of an interleaved image, rows top to bottom and without padding.</summary>
public enum PixelLayout
{
    /// <summary>One byte per pixel.</summary>
    Gray8,

    /// <summary>Red, green, blue.</summary>
    Rgb24,

    /// <summary>Red, green, blue, alpha; colours are not premultiplied by alpha.</summary>
    Rgba32,

    /// <summary>Blue, green, red, alpha; colours are not premultiplied by alpha.</summary>
    Bgra32,
}
