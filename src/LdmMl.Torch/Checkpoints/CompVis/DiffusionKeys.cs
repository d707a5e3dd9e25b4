namespace LdmMl.Torch.Checkpoints.CompVis;

/// <summary>Which keys of a whole model's checkpoint are used, or can be recomputed.</summary>
internal static class DiffusionKeys
{
    // Tables that follow from the YAML, and the measured scale, which the first stage takes.
    private static readonly HashSet<string> Tables = new(StringComparer.Ordinal)
    {
        "betas", "alphas_cumprod", "alphas_cumprod_prev", "sqrt_alphas_cumprod", "sqrt_one_minus_alphas_cumprod", "log_one_minus_alphas_cumprod",
        "sqrt_recip_alphas_cumprod", "sqrt_recipm1_alphas_cumprod", "posterior_variance", "posterior_log_variance_clipped", "posterior_mean_coef1",
        "posterior_mean_coef2", "lvlb_weights", "scale_factor",
    };

    private static readonly string[] Parts = [CompVisKeys.Network, CompVisKeys.MovingAverage, CompVisKeys.FirstStage];

    /// <summary>Determines whether a key belongs to the U-Net, its averages, the first stage or the tables.</summary>
    public static bool AreKnown(string key) => Tables.Contains(key) || Parts.Any(part => key.StartsWith(part, StringComparison.Ordinal));
}
