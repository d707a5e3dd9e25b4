using LdmMl.Benchmarks.Measuring;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Metrics;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.UNets;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>Everything that can be timed, by name, and the questions asked of it.</summary>
internal static class Catalog
{
    private const int Candidates = 8;
    private const double CachedGoal = (Candidates + 1) / (2.0 * Candidates) * 1.03;   // the share of forwards that is left, and 3 %

    public static IReadOnlyDictionary<string, Func<IWorkload>> Workloads { get; } = new Dictionary<string, Func<IWorkload>>
    {
        ["decode"] = () => KlF8.Decode(ModelPrecision.Float32),
        ["decode-naive"] = KlF8.NaiveDecode,
        ["decode-onnx"] = () => new OnnxDecode(),
        ["decode-bf16"] = () => KlF8.Decode(ModelPrecision.BFloat16),
        ["encode"] = () => KlF8.Encode(ModelPrecision.Float32),
        ["encode-naive"] = KlF8.NaiveEncode,
        ["decode-fast"] = () => FastConvolutions.Decode(ConvolutionMode.Auto),
        ["decode-exact"] = () => FastConvolutions.Decode(ConvolutionMode.Exact),
        ["decode-direct"] = () => FastConvolutions.Decode(ConvolutionMode.Direct),
        ["encode-fast"] = () => FastConvolutions.Encode(ConvolutionMode.Auto),
        ["encode-exact"] = () => FastConvolutions.Encode(ConvolutionMode.Exact),
        ["encode-direct"] = () => FastConvolutions.Encode(ConvolutionMode.Direct),
        ["tiny-fast"] = () => FastConvolutions.TinyDecode(ConvolutionMode.Auto),
        ["tiny-exact"] = () => FastConvolutions.TinyDecode(ConvolutionMode.Exact),
        ["tiny-direct"] = () => FastConvolutions.TinyDecode(ConvolutionMode.Direct),
        ["lpips-256-fast"] = () => FastConvolutions.Lpips(ConvolutionMode.Auto, pairs: 8, side: 256),
        ["lpips-256-direct"] = () => FastConvolutions.Lpips(ConvolutionMode.Direct, pairs: 8, side: 256),
        ["lpips-64-fast"] = () => FastConvolutions.Lpips(ConvolutionMode.Auto, pairs: 32, side: 64),
        ["lpips-64-direct"] = () => FastConvolutions.Lpips(ConvolutionMode.Direct, pairs: 32, side: 64),
        ["unet-small-fast"] = () => FastConvolutions.Step(ConvolutionMode.Auto, UNetStep.Small, rows: 16, side: 16),
        ["unet-small-direct"] = () => FastConvolutions.Step(ConvolutionMode.Direct, UNetStep.Small, rows: 16, side: 16),
        ["unet-faces-fast"] = () => FastConvolutions.Step(ConvolutionMode.Auto, UNetConfig.CelebaHq256, rows: 1, side: 64),
        ["unet-faces-direct"] = () => FastConvolutions.Step(ConvolutionMode.Direct, UNetConfig.CelebaHq256, rows: 1, side: 64),
        ["pipeline"] = () => new DecodePipeline(throughPipeline: true),
        ["pipeline-bare"] = () => new DecodePipeline(throughPipeline: false),
        ["encode-bf16"] = () => KlF8.Encode(ModelPrecision.BFloat16),
        ["ssim"] = () => QualityMetric.Ssim(SsimSettings.ScikitImage),
        ["ssim-wang"] = () => QualityMetric.Ssim(SsimSettings.Wang2004),
        ["ms-ssim"] = QualityMetric.MsSsim,
        ["frechet"] = () => new FrechetDistance(),
        ["lpips-64"] = () => LpipsVgg.Library(pairs: 32, side: 64, ModelPrecision.Float32),
        ["lpips-64-bf16"] = () => LpipsVgg.Library(pairs: 32, side: 64, ModelPrecision.BFloat16),
        ["lpips-64-naive"] = () => LpipsVgg.Naive(pairs: 32, side: 64),
        ["lpips-256"] = () => LpipsVgg.Library(pairs: 8, side: 256, ModelPrecision.Float32),
        ["lpips-256-bf16"] = () => LpipsVgg.Library(pairs: 8, side: 256, ModelPrecision.BFloat16),
        ["lpips-256-naive"] = () => LpipsVgg.Naive(pairs: 8, side: 256),
        ["lpips-cached-64"] = () => LpipsVgg.Candidates(Candidates, side: 64, cached: true),
        ["lpips-uncached-64"] = () => LpipsVgg.Candidates(Candidates, side: 64, cached: false),
        ["lpips-cached-256"] = () => LpipsVgg.Candidates(Candidates, side: 256, cached: true),
        ["lpips-uncached-256"] = () => LpipsVgg.Candidates(Candidates, side: 256, cached: false),
        ["train-whole"] = () => new TrainingStep(whole: true),
        ["train-pixels"] = () => new TrainingStep(whole: false),
        ["train-diffusion"] = () => new DiffusionTrainingStep(),
        ["unet-small"] = () => UNetStep.SmallLibrary(ModelPrecision.Float32),
        ["unet-small-bf16"] = () => UNetStep.SmallLibrary(ModelPrecision.BFloat16),
        ["unet-small-naive"] = UNetStep.SmallNaive,
        ["ddim-idle"] = () => new IdleSampling(),
        ["unet-small-labelled"] = UNetStep.SmallLabelled,
        ["unet-small-guided"] = UNetStep.SmallGuided,
        ["unet-faces"] = () => UNetStep.FacesLibrary(ModelPrecision.Float32),
        ["unet-faces-bf16"] = () => UNetStep.FacesLibrary(ModelPrecision.BFloat16),
        ["unet-faces-naive"] = UNetStep.FacesNaive,
        ["diffusion"] = () => new DiffusionRun(wholeModel: true),
        ["diffusion-calls"] = () => new DiffusionRun(wholeModel: false),
    };

    public static IReadOnlyList<Comparison> Comparisons { get; } =
    [
        new("kl-f8 decode 256x256, beside a naive eager forward", "decode", "decode-naive", 0.78),
        new("kl-f8 decode 256x256, beside ONNX Runtime", "decode", "decode-onnx", 0.40) { Missing = OnnxDecode.Missing },
        new("kl-f8 encode 256x256, beside a naive eager forward", "encode", "encode-naive", 0.78),
        new("kl-f8 decode 256x256, bf16 beside float32", "decode-bf16", "decode", 0.55),
        new("kl-f8 encode 256x256, bf16 beside float32", "encode-bf16", "encode", 0.55),
        new("fast convolutions: kl-f8 decode 256x256, Auto beside Direct", "decode-fast", "decode-direct", 0.36),
        new("fast convolutions: kl-f8 decode 256x256, Exact beside Direct", "decode-exact", "decode-direct", 0.58),
        new("fast convolutions: kl-f8 encode 256x256, Auto beside Direct", "encode-fast", "encode-direct", 0.41),
        new("fast convolutions: TAESD decode 256x256, Auto beside Direct", "tiny-fast", "tiny-direct", 0.55),
        new("fast convolutions: LPIPS-VGG 8 pairs of 256x256, Auto beside Direct", "lpips-256-fast", "lpips-256-direct", 0.41),
        new("fast convolutions: LPIPS-VGG 32 pairs of 64x64, Auto beside Direct", "lpips-64-fast", "lpips-64-direct", 0.41),
        new("fast convolutions: U-Net step, 64 channels, 16 latents of 16x16x4, Auto beside Direct", "unet-small-fast", "unet-small-direct", 0.62),
        new("fast convolutions: U-Net step, celebahq256, 1 latent of 64x64x3, Auto beside Direct", "unet-faces-fast", "unet-faces-direct", 0.60),
        new("LPIPS-VGG 32 pairs of 64x64, beside a naive eager version", "lpips-64", "lpips-64-naive", 0.62),
        new("LPIPS-VGG 8 pairs of 256x256, beside a naive eager version", "lpips-256", "lpips-256-naive", 0.62),
        new("LPIPS-VGG 32 pairs of 64x64, bf16 trunk, beside a naive eager version in float32", "lpips-64-bf16", "lpips-64-naive", 0.36),
        new("LPIPS-VGG 8 pairs of 256x256, bf16 trunk, beside a naive eager version in float32", "lpips-256-bf16", "lpips-256-naive", 0.36),
        new($"LPIPS-VGG one 64x64 reference and {Candidates} candidates, computed once beside again for each", "lpips-cached-64", "lpips-uncached-64", CachedGoal),
        new($"LPIPS-VGG one 256x256 reference and {Candidates} candidates, computed once beside again for each", "lpips-cached-256", "lpips-uncached-256", CachedGoal),
        new("kl-f8 decode of two rows through DecodeLatents, beside two model calls", "pipeline", "pipeline-bare", 1.03),
        new("SSIM of 1024x1024 RGB, beside scikit-image", "ssim", "python:metrics.py ssim", 0.333),
        new("SSIM of 1024x1024 RGB with the paper's window, beside scikit-image", "ssim-wang", "python:metrics.py ssim-wang", 0.333),
        new("MS-SSIM of 1024x1024 RGB, beside the same composed of scikit-image's calls", "ms-ssim", "python:metrics.py ms-ssim", 0.333),
        new("Fréchet distance of 50,000 x 2,048 features, beside numpy and scipy", "frechet", "python:metrics.py frechet", 1),
        new("training step with the whole objective, 32 channels, 16 images of 64x64, beside PyTorch", "train-whole", "python:training_step.py whole", 0.70),
        new("training step with pixels and KL only, 32 channels, 16 images of 64x64, beside PyTorch", "train-pixels", "python:training_step.py pixels", 0.70),
        new("training step of a diffusion model, 64 channels, 16 latents of 4x16x16, beside PyTorch", "train-diffusion", "python:diffusion_training_step.py", 1),
        new("U-Net step, 64 channels, 16 latents of 16x16x4, beside a naive eager forward", "unet-small", "unet-small-naive", 0.95),
        new("U-Net step, 64 channels, 16 latents of 16x16x4, bf16 beside a naive eager forward in float32", "unet-small-bf16", "unet-small-naive", 0.70),
        new("U-Net step, celebahq256, 1 latent of 64x64x3, beside a naive eager forward", "unet-faces", "unet-faces-naive", 0.72),
        new("U-Net step, celebahq256, 1 latent of 64x64x3, bf16 beside a naive eager forward in float32", "unet-faces-bf16", "unet-faces-naive", 0.45),
        new("50 DDIM steps without their network, beside one U-Net step: 1 is 2 % of fifty", "ddim-idle", "unet-small", 1),
        new("U-Net step with guidance, both branches in one call, beside one branch", "unet-small-guided", "unet-small-labelled", 1.95),
        new("50 steps of DDIM, 64 base channels, 16 latents of 16x16, beside the network's 50 calls alone", "diffusion", "diffusion-calls", 1.02),
    ];
}
