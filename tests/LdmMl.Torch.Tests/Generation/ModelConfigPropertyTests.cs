using System.Text.Json;
using CsCheck;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Diffusion.Storage;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Tests.Diffusion;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Generation;

/// <summary>
/// Every whole model that the library accepts, with conditions, schedule and sampling of every kind, can be saved and opened and generates the same
/// bits; every other one is refused when it is created.
/// </summary>
public sealed class ModelConfigPropertyTests : IDisposable
{
    private const int Tokens = 3;

    private static readonly AutoencoderConfig[] FirstStages =
    [
        new KlAutoencoderConfig { BaseChannels = 4, ChannelMultipliers = [1, 1], LatentChannels = 2, ResidualBlocks = 1, NormGroups = 2, LatentScale = 0.7 },
        new VqAutoencoderConfig
        {
            BaseChannels = 4, ChannelMultipliers = [1, 1], LatentChannels = 2, ResidualBlocks = 1, NormGroups = 2, CodebookSize = 5, LatentShift = 0.25,
        },
        new KlAutoencoderConfig
        {
            BaseChannels = 4, ChannelMultipliers = [1, 1], LatentChannels = 2, ResidualBlocks = 1, NormGroups = 2, LatentMeans = [0.5, -1], LatentDeviations = [2, 0.25],
        },
        new TinyAutoencoderConfig { Width = 4, LatentChannels = 2, ImageChannels = 1 },
    ];

    private static readonly Gen<ContextConditioning> Contexts =
        from vector in Gen.Int[0, 3]
        from zero in Gen.Bool
        from tokens in OneOf(Tokens, 77, 0)
        select new ContextConditioning
        {
            Dimension = 6,
            Tokens = tokens,
            Vector = vector > 0 ? null : new VectorConditioning { PooledDimension = 5, SizeDimension = 2, ZeroWithoutNegative = zero },
        };

    private static readonly Gen<LabelConditioning> Labels =
        from count in OneOf(1, 2, 3, 0)
        from names in Gen.Bool
        from withNull in Gen.Bool
        from input in OneOf(LabelInput.TimeEmbedding, LabelInput.ContextToken, LabelInput.TimeEmbedding, (LabelInput)7)
        select new LabelConditioning
        {
            Count = count, HasNullLabel = withNull, Input = input, Names = names ? [.. Enumerable.Range(0, count).Select(label => $"ü{label}\"")] : [],
        };

    private static readonly Gen<NoiseAugmentation> Noises =
        from levels in OneOf(1, 4, 0)
        from maximum in OneOf(0, 2, 350)
        from schedule in SamplingSettingsGen.Schedules
        select new NoiseAugmentation { Levels = levels, Maximum = maximum, Schedule = schedule };

    private static readonly Gen<Conditioning> Concatenated =
        from input in Gen.Enum<ConcatenatedInput>()
        from context in Rarely(Contexts)
        from noise in input == ConcatenatedInput.LowResolutionImage ? Rarely(Noises) : Gen.Const((NoiseAugmentation?)null)
        select (Conditioning)new ConcatenatedConditioning { Input = input, Context = context, Noise = noise };

    private static readonly Gen<(AutoencoderConfig FirstStage, LatentDiffusionConfig Model)> Models =
        from stage in OneOf(FirstStages)
        from conditioning in OneOf(
            Gen.Const(Conditioning.None), Labels.Select(labels => (Conditioning)labels), Contexts.Select(context => (Conditioning)context), Concatenated)
            .SelectMany(kind => kind)
        from schedule in SamplingSettingsGen.Schedules
        from prediction in Gen.Enum<Prediction>()
        from name in OneOf([.. SamplerRegistry.Names])
        from sampling in SamplingSettingsGen.Of(name)
        from sides in OneOf(2, 4, 2, 4, 3).Array[2]
        from resampling in Gen.Enum<UNetResampling>()
        from misfit in OneOf(0, 0, 0, 0, 0, 0, 0, 1)
        select (stage, new LatentDiffusionConfig
        {
            UNet = NetworkFor(conditioning, stage, misfit) with { Resampling = resampling },
            Conditioning = conditioning,
            Schedule = schedule,
            Prediction = prediction,
            Sampling = sampling with { Steps = (sampling.Steps + 2) / 3 },
            LatentHeight = sides[0],
            LatentWidth = sides[1],
        });

    private readonly string folder = Directory.CreateTempSubdirectory("models-").FullName;
    private int accepted;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Models_are_refused_or_round_trip_through_files()
    {
        Models.Sample(drawn => CheckModel(drawn.FirstStage, drawn.Model), iter: 160);

        Assert.True(accepted >= 30, $"only {accepted} configs were accepted");
    }

    private void CheckModel(AutoencoderConfig stage, LatentDiffusionConfig config)
    {
        using var scope = NewDisposeScope();
        using var autoencoder = AutoencoderModel.Create(stage, seed: 1);
        LatentDiffusionModel model;
        try
        {
            model = LatentDiffusionModel.Create(autoencoder, config, seed: 2);
        }
        catch (ArgumentException error)
        {
            Assert.NotEmpty(error.Message);
            return;
        }

        accepted++;
        using (model)
        {
            FillWeights(model);
            var path = Path.Combine(folder, $"{accepted}");
            model.Save(path);
            using var opened = LatentDiffusionModel.Load(path);
            AssertSame(config, opened.Config);
            var batch = BatchFor(config, stage);
            var images = model.Generate(batch);
            Assert.True(opened.Generate(batch).bytes.SequenceEqual(images.bytes));
            Assert.Equal(model.ComputeWeightHash(), opened.ComputeWeightHash());
            Directory.Delete(path, recursive: true);
        }
    }

    private static void AssertSame(LatentDiffusionConfig expected, LatentDiffusionConfig actual)
    {
        Assert.Equal(Describe(expected.Conditioning), Describe(actual.Conditioning));
        Assert.Equal(Describe(expected.Schedule), Describe(actual.Schedule));
        Assert.Equal((expected.Prediction, expected.LatentHeight, expected.LatentWidth), (actual.Prediction, actual.LatentHeight, actual.LatentWidth));
        Assert.True(StoredSampling.AreEqual(expected.Sampling, actual.Sampling));
    }

    private static string Describe(object value) => value.GetType().Name + JsonSerializer.Serialize(value, value.GetType());

    private static UNetConfig NetworkFor(Conditioning conditioning, AutoencoderConfig stage, int misfit)
    {
        var labels = conditioning as LabelConditioning;
        var concatenated = conditioning as ConcatenatedConditioning;
        var vector = conditioning.CrossAttention?.Vector;
        return new UNetConfig
        {
            InputChannels = stage.LatentChannels + (concatenated?.ChannelsFor(stage.LatentChannels, stage.ImageChannels) ?? 0) + misfit,
            OutputChannels = stage.LatentChannels,
            BaseChannels = 4,
            ChannelMultipliers = [1, 1],
            ResidualBlocks = 1,
            NormGroups = 2,
            AttentionFactors = [2],
            LabelCount = labels?.Input == LabelInput.TimeEmbedding ? labels.NetworkCount : concatenated?.Noise?.Levels,
            ContextDimension = labels?.Input == LabelInput.ContextToken ? 6 : conditioning.CrossAttention?.Dimension,
            VectorDimension = vector?.Dimension,
            SizeDimension = vector?.SizeDimension,
        };
    }

    private static GenerationBatch BatchFor(LatentDiffusionConfig config, AutoencoderConfig stage)
    {
        long[] seeds = [4, 5];
        var (height, width) = (config.LatentHeight * stage.DownsampleFactor, config.LatentWidth * stage.DownsampleFactor);
        var batch = new GenerationBatch { Seeds = seeds, Labels = config.Conditioning is LabelConditioning labels ? [0, labels.Count - 1] : null };
        if (config.Conditioning.CrossAttention is { } context)
        {
            batch = batch with
            {
                Context = SmallDiffusion.Rows(seeds, Tokens, context.Dimension),
                Pooled = context.Vector is { } vector ? SmallDiffusion.Rows(seeds, vector.PooledDimension) : null,
            };
        }

        return (config.Conditioning as ConcatenatedConditioning)?.Input switch
        {
            null => batch,
            ConcatenatedInput.LowResolutionImage => batch with { LowResolutionImages = Images(seeds, stage, config.LatentHeight, config.LatentWidth) },
            _ => batch with { InitialImages = Images(seeds, stage, height, width), Masks = SmallDiffusion.Mask(seeds.Length, height, width) },
        };
    }

    private static Tensor Images(long[] seeds, AutoencoderConfig stage, int height, int width) =>
        SmallDiffusion.Rows(seeds, stage.ImageChannels, height, width).clamp(Real(0), Real(1));

    private static void FillWeights(LatentDiffusionModel model)
    {
        using var noGradient = no_grad();
        using var generator = new Generator(3, CPU);
        foreach (var parameter in model.Network.parameters())
            parameter.add_(randn(parameter.shape, generator: generator) * Real(0.05), Whole(1));
    }

    private static Gen<T?> Rarely<T>(Gen<T> values)
        where T : class =>
        Gen.Int[0, 2].SelectMany(kind => kind == 0 ? values.Select(value => (T?)value) : Gen.Const((T?)null));

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);
}
