namespace LdmMl.Torch.Models.Perceptual;

/// <summary>The description of a perceptual model, without its weights.</summary>
/// <param name="Trunk">The shape of its trunk.</param>
/// <param name="Version">The version of LPIPS whose heads it has; null if it is uncalibrated.</param>
/// <param name="TrunkName">The name of the trunk.</param>
internal sealed record PerceptualDescription(PerceptualTrunkConfig Trunk, LpipsVersion? Version, string TrunkName)
{
    public bool IsCalibrated => Version is not null;

    /// <summary>Gets whether the trunk expects standardised images, as in all but the first release of LPIPS.</summary>
    public bool Standardizes => Version != LpipsVersion.V00;

    public string Name => Version switch
    {
        LpipsVersion.V01 => $"LPIPS 0.1 ({TrunkName})",
        LpipsVersion.V00 => $"LPIPS 0.0 ({TrunkName})",
        _ => $"uncalibrated perceptual distance ({TrunkName})",
    };
}
