namespace LdmMl.Torch.Models.Perceptual;

/// <summary>The versions of LPIPS; their heads differ, and so does what the trunk is given.</summary>
public enum LpipsVersion
{
    /// <summary>Version 0.1: images are standardised with ImageNet's mean and deviation before the trunk. The one that papers report.</summary>
    V01,

    /// <summary>Version 0.0, the first release: the trunk is given the images in [-1, 1] as they are.</summary>
    V00,
}
