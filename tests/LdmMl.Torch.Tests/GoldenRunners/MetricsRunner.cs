using LdmMl.Torch.Metrics;
using LdmMl.Torch.Tests.Metrics;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>PSNR and SSIM as scikit-image (<c>sk.</c>, bytes) and torchmetrics (<c>tm.</c>, floats in [0, 1]) compute them.</summary>
internal sealed class MetricsRunner : IGoldenRunner
{
    public string Group => "metrics";

    public void Run(GoldenCase golden)
    {
        if (golden.Inputs.ContainsKey("features_real"))
            FeatureMetrics.Check(golden);
        if (!golden.Inputs.TryGetValue("a_u8", out var first))
            return;
        var second = golden.Inputs["b_u8"];
        var pairs = Enumerable.Range(0, (int)first.shape[0])
            .Select(i => new Pair(first[i].data<byte>().ToArray(), second[i].data<byte>().ToArray(), (int)first.shape[2], (int)first.shape[1], (int)first.shape[3]))
            .ToArray();
        CheckBytes(golden, pairs);
        CheckFloats(golden, pairs);
    }

    private static void CheckBytes(GoldenCase golden, Pair[] pairs)
    {
        golden.Check("sk.mse_u8", tensor(pairs.Select(pair => Psnr.MeanSquaredError(pair.A, pair.B)).ToArray()));
        golden.Check("sk.psnr_u8", tensor(pairs.Select(pair => Psnr.Compute(pair.A, pair.B)).ToArray()));
        golden.Check("sk.psnr_self", tensor(new[] { Psnr.Compute(pairs[0].A, pairs[0].A) }));
        golden.Check("sk.ssim_default_win7_u8", tensor(pairs.Select(pair => pair.Bytes(SsimSettings.ScikitImage)).ToArray()));
        golden.Check("sk.ssim_gaussian_sigma15_u8", tensor(pairs.Select(pair => pair.Bytes(SsimSettings.Wang2004)).ToArray()));
        golden.Check("sk.ssim_gaussian_gray", tensor(pairs.Select(pair => pair.Green(SsimSettings.Wang2004)).ToArray()));
    }

    private static void CheckFloats(GoldenCase golden, Pair[] pairs)
    {
        var defaults = SsimSettings.TorchMetrics;
        var first = pairs[0];
        var map = Ssim.Map(first.PlanesA.AsSpan(0, first.Pixels), first.PlanesB.AsSpan(0, first.Pixels), first.Width, first.Height, 1, defaults);
        golden.Check("tm.ssim_map", tensor(map).reshape(1, 1, first.Height, first.Width));
        golden.Check("tm.ssim_none", tensor(pairs.Select(pair => pair.Floats(1, defaults)).ToArray()));
        golden.Check("tm.ssim_range1", pairs.Average(pair => pair.Floats(1, defaults)));
        golden.Check("tm.ssim_norange", pairs.Average(pair => pair.Floats(Range(pairs), defaults)));
        var uniform = defaults with { Window = SsimWindow.Uniform, WindowSize = 7 };
        golden.Check("tm.ssim_uniform7", tensor(pairs.Select(pair => pair.Floats(1, uniform)).ToArray()));
        var wide = SsimSettings.Gaussian(2) with { Border = SsimBorder.Mirrored, K1 = 0.02, K2 = 0.05 };
        golden.Check("tm.ssim_sigma2_k", tensor(pairs.Select(pair => pair.Floats(1, wide)).ToArray()));
        if (golden.Wants("tm.msssim"))
            golden.Check("tm.msssim", tensor(pairs.Select(pair => pair.Scales(defaults)).ToArray()));
        golden.Check("self.ssim", Ssim.Compute(first.PlanesA, first.PlanesA, first.Width, first.Height, first.Channels, 1, defaults));
    }

    // torchmetrics without a data range takes the larger of the two value ranges of the batch.
    private static double Range(Pair[] pairs) => Math.Max(Range(pairs.SelectMany(pair => pair.PlanesA)), Range(pairs.SelectMany(pair => pair.PlanesB)));

    private static double Range(IEnumerable<float> values) => (double)values.Max() - values.Min();

    private sealed record Pair(byte[] A, byte[] B, int Width, int Height, int Channels)
    {
        public int Pixels => Width * Height;

        public float[] PlanesA { get; } = TestImages.Planes(A, Channels, 255);

        public float[] PlanesB { get; } = TestImages.Planes(B, Channels, 255);

        public double Bytes(SsimSettings settings) => Ssim.Compute(A, B, Width, Height, Channels, settings);

        public double Green(SsimSettings settings)
        {
            var start = Channels > 1 ? Pixels : 0;
            return Ssim.Compute(PlanesA.AsSpan(start, Pixels), PlanesB.AsSpan(start, Pixels), Width, Height, 1, 1, settings);
        }

        public double Scales(SsimSettings settings) => MsSsim.Compute(PlanesA, PlanesB, Width, Height, Channels, 1, settings);

        public double Floats(double range, SsimSettings settings) => Ssim.Compute(PlanesA, PlanesB, Width, Height, Channels, range, settings);
    }
}
