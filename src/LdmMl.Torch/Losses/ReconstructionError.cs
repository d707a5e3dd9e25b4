namespace LdmMl.Torch.Losses;

/// <summary>How the difference between an image and its reconstruction is counted, pixel by pixel.</summary>
public enum ReconstructionError
{
    /// <summary>|x - y| (L1), the choice of the published autoencoders; edges stay sharper.</summary>
    Absolute,

    /// <summary>(x - y)² (L2); what PSNR measures.</summary>
    Squared,
}
