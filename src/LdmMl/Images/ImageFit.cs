namespace LdmMl;

/// <summary>What to do when the aspect ratio of an image differs from the requested one.</summary>
public enum ImageFit
{
    /// <summary>Scale both sides to the requested size, ignoring the aspect ratio.</summary>
    Stretch,

    /// <summary>
    /// Crop the largest centred box with the requested aspect ratio and scale it: the shorter side fits. The box has whole pixels,
    /// its longer side rounded to the nearest; an odd pixel is cropped at the right or bottom.
    /// </summary>
    CropToFill,

    /// <summary>
    /// Scale until the longer side fits, with the other side rounded to the nearest pixel, and centre the result on a background,
    /// which also fills transparent parts: the result is opaque.
    /// </summary>
    PadToFit,

    /// <summary>Crop the centre without scaling; an odd pixel is cropped at the right or bottom. Smaller images are refused.</summary>
    CenterCrop,
}
