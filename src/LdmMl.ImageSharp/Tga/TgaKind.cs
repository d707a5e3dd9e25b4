namespace LdmMl.ImageSharp.Tga;

/// <summary>What the pixels of a TGA are; the numbers are those of the header.</summary>
internal enum TgaKind
{
    /// <summary>Numbers of colours in a palette.</summary>
    Palette = 1,

    /// <summary>Colours, with or without alpha.</summary>
    Color = 2,

    /// <summary>Greys, with or without alpha.</summary>
    Grey = 3,
}
