namespace LdmMl;

/// <summary>
/// The names of the annotations that columns of scores carry, so that a score says how it was computed:
/// <c>schema["Ssim"].Annotations.GetValue(ScoreAnnotations.Fingerprint, ref text)</c>.
/// </summary>
public static class ScoreAnnotations
{
    /// <summary>
    /// A text that is equal for columns whose values compare, and different for all others: the metric, then its settings, as in
    /// <c>ssim;pixels=rgb8;background=#FFFFFF;window=gaussian;size=11;sigma=1.5;covariance=population;border=inside;k1=0.01;k2=0.03</c>.
    /// </summary>
    public const string Fingerprint = "ScoreFingerprint";
}
