namespace LdmMl.ImageSharp.Tga;

/// <summary>The kind of pixels in a TGA, as numbered in the header.</summary>
internal enum TgaKind
{
    /// <summary>Indices of colours in a palette.</summary>
    Palette = 1,

    /// <summary>Colours, with or without alpha.</summary>
    Color = 2,

    /// <summary>Greyscale, with or without alpha.</summary>
    Grey = 3,
}
