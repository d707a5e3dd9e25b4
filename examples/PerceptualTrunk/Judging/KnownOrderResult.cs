namespace PerceptualTrunk.Judging;

/// <summary>What the measures say of two distortions whose order is known.</summary>
/// <param name="Milder">Of the milder one.</param>
/// <param name="Worse">Of the worse one.</param>
internal sealed record KnownOrderResult(Verdicts Milder, Verdicts Worse)
{
    /// <summary>Gets for how many images PSNR finds the milder one nearer to the original.</summary>
    public int PsnrRight => Milder.Psnr.Zip(Worse.Psnr).Count(pair => pair.First > pair.Second);

    /// <summary>Gets for how many images SSIM does.</summary>
    public int SsimRight => Milder.Ssim.Value.Zip(Worse.Ssim.Value).Count(pair => pair.First > pair.Second);

    /// <summary>Gets for how many images the perceptual distance does.</summary>
    public int DistanceRight => Milder.Distance.Zip(Worse.Distance).Count(pair => pair.First < pair.Second);

    public static KnownOrderResult Measure(Judge judge, KnownOrder order) => new(judge.Of(order.Milder), judge.Of(order.Worse));
}
