namespace PerceptualTrunk.Judging;

/// <summary>The results of the measures for two distortions whose order is known.</summary>
/// <param name="Milder">The results for the milder one.</param>
/// <param name="Worse">The results for the worse one.</param>
internal sealed record KnownOrderResult(Verdicts Milder, Verdicts Worse)
{
    /// <summary>Gets the number of images for which PSNR ranks the milder one closer to the original.</summary>
    public int PsnrRight => Milder.Psnr.Zip(Worse.Psnr).Count(pair => pair.First > pair.Second);

    /// <summary>Gets the number of images for which SSIM does.</summary>
    public int SsimRight => Milder.Ssim.Value.Zip(Worse.Ssim.Value).Count(pair => pair.First > pair.Second);

    /// <summary>Gets the number of images for which the perceptual distance does.</summary>
    public int DistanceRight => Milder.Distance.Zip(Worse.Distance).Count(pair => pair.First < pair.Second);

    public static KnownOrderResult Measure(Judge judge, KnownOrder order) => new(judge.Of(order.Milder), judge.Of(order.Worse));
}
