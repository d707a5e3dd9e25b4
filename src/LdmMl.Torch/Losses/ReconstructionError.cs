namespace LdmMl.Torch.Losses;

/// <summary>The error between an image and its reconstruction, value by value (CompVis <c>pixel_loss</c>).</summary>
public enum ReconstructionError
{
    /// <summary>|x - y| (L1), the choice of the published autoencoders; edges stay sharper.</summary>
    Absolute,

    /// <summary>(x - y)² (L2); what PSNR measures.</summary>
    Squared,
}
