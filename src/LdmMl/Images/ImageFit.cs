namespace LdmMl;

/// <summary>What to do where an image's shape differs from the one wanted.</summary>
public enum ImageFit
{
    /// <summary>Scale both sides to what is wanted, whatever that does to the proportions.</summary>
    Stretch,

    /// <summary>
    /// Cut the largest box of the wanted proportions out of the centre and scale it: the shorter side fits. The box has whole pixels,
    /// its longer side rounded to the nearest, the odd pixel cut at the right or bottom.
    /// </summary>
    CropToFill,

    /// <summary>
    /// Scale until the longer side fits, the other side rounded to the nearest pixel, and lay the result in the centre of a background,
    /// which also fills transparent parts: the result is opaque.
    /// </summary>
    PadToFit,

    /// <summary>Cut out the centre without scaling, the odd pixel cut at the right or bottom. Smaller images are refused.</summary>
    CenterCrop,
}
