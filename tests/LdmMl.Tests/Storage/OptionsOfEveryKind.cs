using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Metrics;
using LdmMl.Torch.Models;
using LdmMl.Torch.Tensors;

namespace LdmMl.Tests.Storage;

/// <summary>One transformer of every kind with options other than the defaults, as also stored in <c>Files/positional.zip</c>.</summary>
internal static class OptionsOfEveryKind
{
    public static PixelColor Background { get; } = new(1, 128, 255);

    public static LoadImageFilesOptions Load { get; } = new()
    {
        OutputColumnName = "Loaded", InputColumnName = "Path", ImageFolder = "pictures", Errors = ImageFileErrors.Missing,
    };

    public static EncodeImagesOptions Encode { get; } = new()
    {
        OutputColumnName = "Latent", InputColumnName = "Image", SeedColumnName = "Seed", Sides = ImageSides.PadToMultiple,
        Background = Background, BatchSize = 3, Prefetch = false, Precision = ModelPrecision.BFloat16, Convolutions = ConvolutionMode.Direct,
    };

    public static ReconstructImagesOptions Reconstruct { get; } = new()
    {
        OutputColumnName = "Reconstruction", InputColumnName = "Image", Sides = ImageSides.PadToMultiple, Background = Background, BatchSize = 5,
        Precision = ModelPrecision.Float32, Convolutions = ConvolutionMode.Exact,
    };

    public static DecodeLatentsOptions Decode { get; } = new()
    {
        OutputColumnName = "Decoded", InputColumnName = "Latent", BatchSize = 2, Precision = ModelPrecision.Float32, Convolutions = ConvolutionMode.Direct,
    };

    public static InterpolateLatentsOptions Interpolate { get; } = new()
    {
        OutputColumnName = "Between", FirstColumnName = "Latent", SecondColumnName = "Latent", Fraction = 1.0 / 3, FractionColumnName = "Fraction",
    };

    public static ScoreImageQualityOptions Quality { get; } = new()
    {
        ReferenceColumnName = "Image", CandidateColumnName = "Reconstruction", PsnrColumnName = "P", SsimColumnName = "S", MsSsimColumnName = "M",
        Background = Background, Ssim = SsimSettings.Wang2004 with { K1 = 0.1 / 3 }, MsSsim = SsimSettings.ScikitImage with { WindowSize = 3 },
    };

    public static ScorePerceptualDistanceOptions Perceptual { get; } = new()
    {
        ReferenceColumnName = "Image", CandidateColumnName = "Reconstruction", OutputColumnName = "D", LayersColumnName = "L", MapColumnName = "Map",
        Background = Background, BatchSize = 7, Prefetch = false, Precision = ModelPrecision.Float32, Convolutions = ConvolutionMode.Exact,
    };

    public static GenerateImagesOptions Generate { get; } = new()
    {
        OutputColumnName = "Generated", LatentColumnName = "GeneratedLatent", SeedColumnName = "Seed", SeedOffset = long.MinValue + 3,
        LabelColumnName = "Label", Background = Background, BatchSize = 3, Prefetch = false, Precision = ModelPrecision.Float32,
        Convolutions = ConvolutionMode.Direct,
        Settings = new GenerationSettings
        {
            GuidanceScale = 5.0 / 3, GuidanceRescale = 0.7, Width = 16, Height = 16,
            Sampling = new SamplingSettings { Steps = 3, Sampler = new DdimSampler { Eta = 1 } },
        },
    };

    public static ResizeImagesOptions Resize { get; } = new()
    {
        OutputColumnName = "Image", InputColumnName = "Loaded", ImageWidth = 16, ImageHeight = 16, Fit = ImageFit.PadToFit, Filter = ResizeFilter.Lanczos,
        Background = Background,
    };
}
