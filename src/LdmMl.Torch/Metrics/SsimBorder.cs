namespace LdmMl.Torch.Metrics;

/// <summary>How windows that extend beyond the image's border are handled.</summary>
public enum SsimBorder
{
    /// <summary>They are left out: the mean is over the windows that are fully inside the image, as in the paper and scikit-image.</summary>
    Inside,

    /// <summary>The image is mirrored about its edge pixels and every pixel has a window, as in torchmetrics.</summary>
    Mirrored,
}
