using LdmMl.Benchmarks.Measuring;
using LdmMl.Torch.Metrics;
using LdmMl.Torch.Models.Autoencoders;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>Everything that can be timed, by name, and the questions asked of it.</summary>
internal static class Catalog
{
    public static IReadOnlyDictionary<string, Func<IWorkload>> Workloads { get; } = new Dictionary<string, Func<IWorkload>>
    {
        ["decode"] = () => KlF8.Decode(ModelPrecision.Float32),
        ["decode-naive"] = KlF8.NaiveDecode,
        ["decode-bf16"] = () => KlF8.Decode(ModelPrecision.BFloat16),
        ["encode"] = () => KlF8.Encode(ModelPrecision.Float32),
        ["encode-naive"] = KlF8.NaiveEncode,
        ["pipeline"] = () => new DecodePipeline(throughPipeline: true),
        ["pipeline-bare"] = () => new DecodePipeline(throughPipeline: false),
        ["encode-bf16"] = () => KlF8.Encode(ModelPrecision.BFloat16),
        ["ssim"] = () => QualityMetric.Ssim(SsimSettings.ScikitImage),
        ["ssim-wang"] = () => QualityMetric.Ssim(SsimSettings.Wang2004),
        ["ms-ssim"] = QualityMetric.MsSsim,
        ["frechet"] = () => new FrechetDistance(),
    };

    public static IReadOnlyList<Comparison> Comparisons { get; } =
    [
        new("kl-f8 decode 256x256, beside a naive eager forward", "decode", "decode-naive", 0.78),
        new("kl-f8 encode 256x256, beside a naive eager forward", "encode", "encode-naive", 0.78),
        new("kl-f8 decode 256x256, bf16 beside float32", "decode-bf16", "decode", 0.55),
        new("kl-f8 encode 256x256, bf16 beside float32", "encode-bf16", "encode", 0.55),
        new("kl-f8 decode of two rows through DecodeLatents, beside two model calls", "pipeline", "pipeline-bare", 1.03),
        new("SSIM of 1024x1024 RGB, beside scikit-image", "ssim", "python:metrics.py ssim", 0.333),
        new("SSIM of 1024x1024 RGB with the paper's window, beside scikit-image", "ssim-wang", "python:metrics.py ssim-wang", 0.333),
        new("MS-SSIM of 1024x1024 RGB, beside the same composed of scikit-image's calls", "ms-ssim", "python:metrics.py ms-ssim", 0.333),
        new("Fréchet distance of 50,000 x 2,048 features, beside numpy and scipy", "frechet", "python:metrics.py frechet", 1),
    ];
}
