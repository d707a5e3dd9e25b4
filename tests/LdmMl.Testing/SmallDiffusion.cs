using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.UNets;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Testing;

/// <summary>Whole diffusion models small enough for a test, of every kind of conditioning.</summary>
internal static class SmallDiffusion
{
    public const int ContextDimension = 12;

    private static readonly UNetConfig Network = new()
    {
        InputChannels = 4,
        OutputChannels = 4,
        BaseChannels = 16,
        ChannelMultipliers = [1, 2],
        ResidualBlocks = 1,
        AttentionFactors = [2],
        Heads = 2,
        NormGroups = 8,
    };

    private static readonly LatentDiffusionConfig Base = new()
    {
        UNet = Network,
        LatentHeight = 8,
        LatentWidth = 8,
        Sampling = new SamplingSettings { Steps = 4 },
    };

    public static KlAutoencoderConfig FirstStage { get; } = new()
    {
        BaseChannels = 8,
        ChannelMultipliers = [1, 1],
        LatentChannels = 4,
        ResidualBlocks = 1,
        NormGroups = 4,
        MiddleAttention = false,
        LatentScale = 0.7,
    };

    public static IReadOnlyDictionary<string, LatentDiffusionConfig> Variants { get; } = new Dictionary<string, LatentDiffusionConfig>
    {
        ["unconditional"] = Base,
        ["labels"] = Base with
        {
            UNet = Network with { LabelCount = 4 },
            Conditioning = new LabelConditioning { Count = 3, HasNullLabel = true, Names = ["cat", "dog", "überfrog"] },
        },
        ["labels without null label"] = Base with
        {
            UNet = Network with { LabelCount = 3 },
            Conditioning = new LabelConditioning { Count = 3 },
        },
        ["label tokens"] = Base with
        {
            UNet = Network with { ContextDimension = ContextDimension },
            Conditioning = new LabelConditioning { Count = 3, HasNullLabel = true, Input = LabelInput.ContextToken },
        },
        ["context"] = Base with
        {
            UNet = Network with { ContextDimension = ContextDimension },
            Conditioning = new ContextConditioning { Dimension = ContextDimension, Tokens = 5 },
        },
        ["context, pooled too"] = Base with
        {
            UNet = Network with { ContextDimension = ContextDimension, ContextPoolingHeads = 3 },
            Conditioning = new ContextConditioning { Dimension = ContextDimension, Tokens = 5 },
        },
        ["super-resolution"] = Base with
        {
            UNet = Network with { InputChannels = 7 },
            Conditioning = new ConcatenatedConditioning { Input = ConcatenatedInput.LowResolutionImage },
        },
        ["inpainting"] = Base with
        {
            UNet = Network with { InputChannels = 9 },
            Conditioning = new ConcatenatedConditioning { Input = ConcatenatedInput.MaskedImageThenMask },
        },
        ["inpainting with context"] = Base with
        {
            UNet = Network with { InputChannels = 9, ContextDimension = ContextDimension },
            Conditioning = new ConcatenatedConditioning
            {
                Input = ConcatenatedInput.MaskThenMaskedImage,
                Context = new ContextConditioning { Dimension = ContextDimension, Tokens = 5 },
            },
        },
        ["velocity, zero terminal SNR, oblong"] = Base with
        {
            Prediction = Prediction.Velocity,
            Schedule = new NoiseScheduleConfig { Curve = BetaCurve.Linear, FirstBeta = 1e-4, LastBeta = 0.02, ZeroTerminalSnr = true },
            LatentHeight = 6,
            LatentWidth = 10,
            Sampling = new SamplingSettings { Steps = 3, Spacing = TimestepSpacing.Trailing },
        },
    };

    public static TheoryData<string> Kinds() => [.. Variants.Keys];

    /// <summary>Creates a model in which every weight is random; a new model would predict 0.</summary>
    public static LatentDiffusionModel Create(string kind = "unconditional") => Create(Variants[kind]);

    public static LatentDiffusionModel Create(LatentDiffusionConfig config, AutoencoderConfig? firstStage = null)
    {
        using var autoencoder = AutoencoderModel.Create(firstStage ?? FirstStage, seed: 1);
        var model = LatentDiffusionModel.Create(autoencoder, config, seed: 2);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var generator = new Generator(3, CPU);
        foreach (var parameter in model.Network.parameters())
            parameter.add_(randn(parameter.shape, generator: generator) * Real(0.05), Whole(1));
        return model;
    }

    /// <summary>Creates a batch with everything that a model is conditioned on, in the caller's scope.</summary>
    public static GenerationBatch Batch(LatentDiffusionConfig config, params long[] seeds)
    {
        var batch = new GenerationBatch { Seeds = seeds };
        var (rows, height, width) = (seeds.Length, config.LatentHeight * 2, config.LatentWidth * 2);
        var context = config.Conditioning as ContextConditioning ?? (config.Conditioning as ConcatenatedConditioning)?.Context;
        if (config.Conditioning is LabelConditioning labels)
            batch = batch with { Labels = [.. seeds.Select(seed => (int)((ulong)seed % (ulong)labels.Count))] };
        if (context is not null)
            batch = batch with { Context = Rows(seeds, 5, context.Dimension), UnconditionalContext = Rows([99], 5, context.Dimension) };
        return (config.Conditioning as ConcatenatedConditioning)?.Input switch
        {
            null => batch,
            ConcatenatedInput.LowResolutionImage => batch with
            {
                LowResolutionImages = Rows(seeds, 3, height / 2, width / 2).clamp(Real(-1), Real(1)),
            },
            _ => batch with { InitialImages = Rows(seeds, 3, height, width).clamp(Real(-1), Real(1)), Masks = Mask(rows, height, width) },
        };
    }

    /// <summary>A mask of the right side of the image.</summary>
    public static Tensor Mask(int rows, int height, int width)
    {
        var mask = zeros(rows, 1, height, width);
        mask.narrow(3, width / 2, width - (width / 2)).fill_(Real(1)).Dispose();
        return mask;
    }

    /// <summary>Numbers of which each row depends only on its seed.</summary>
    public static Tensor Rows(long[] seeds, params long[] shape)
    {
        using var scope = NewDisposeScope();
        using var noise = new RowNoise(seeds);
        return scope.MoveToOuter(noise.Draw(empty([seeds.Length, .. shape])));
    }
}
