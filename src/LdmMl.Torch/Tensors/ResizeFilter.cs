namespace LdmMl.Torch.Tensors;

/// <summary>How pixels are resampled. All but <see cref="Nearest"/> widen their support when shrinking, which prevents aliasing.</summary>
public enum ResizeFilter
{
    /// <summary>The nearest pixel; fast and not antialiased.</summary>
    Nearest,

    /// <summary>The mean of the pixels covered (support 0.5).</summary>
    Box,

    /// <summary>Linear, a triangle (support 1).</summary>
    Bilinear,

    /// <summary>A Hamming-windowed sinc, sharper than <see cref="Bilinear"/> (support 1).</summary>
    Hamming,

    /// <summary>Keys' cubic with a = -0.5 (support 2).</summary>
    Bicubic,

    /// <summary>A Lanczos-windowed sinc, the sharpest (support 3).</summary>
    Lanczos,
}
