namespace LdmMl.Torch.Models.Perceptual;

/// <summary>The versions of LPIPS; their heads and the trunk's input differ.</summary>
public enum LpipsVersion
{
    /// <summary>Version 0.1: images are standardised with ImageNet's mean and deviation before the trunk. The version that papers report.</summary>
    V01,

    /// <summary>Version 0.0, the first release: the trunk gets the images in [-1, 1] without standardisation.</summary>
    V00,
}
