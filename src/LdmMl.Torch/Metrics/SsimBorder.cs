namespace LdmMl.Torch.Metrics;

/// <summary>What happens to the windows that reach over the image's border.</summary>
public enum SsimBorder
{
    /// <summary>They are left out: the mean runs over the windows that lie wholly inside the image, as in the paper and scikit-image.</summary>
    Inside,

    /// <summary>The image is mirrored about its edge pixels and every pixel has a window, as in torchmetrics.</summary>
    Mirrored,
}
