using CsCheck;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Text;
using LdmMl.Torch.Models.Text.Networks;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Onnx;
using LdmMl.Torch.Tests.Models;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Onnx;

/// <summary>Every config that the library accepts gives a graph that ONNX Runtime computes as the library does, with random weights.</summary>
public sealed class OnnxPropertyTests
{
    // The largest difference relative to the largest value: other orders of sums, through up to a hundred layers.
    private const float Tolerance = 1e-4f;

    private int compared;

    [Fact]
    public void KL_autoencoders_compute_the_same() => Check(RandomConfigs.Kl, iterations: 3000, atLeast: 20);

    [Fact]
    public void VQ_autoencoders_compute_the_same() => Check(RandomConfigs.Vq, iterations: 6000, atLeast: 10);

    [Fact]
    public void Tiny_autoencoders_compute_the_same() => Check(RandomConfigs.Tiny, iterations: 60, atLeast: 10);

    [Fact]
    public void U_Nets_compute_the_same()
    {
        RandomConfigs.UNets.Sample(CheckUNet, iter: 3000);

        Assert.True(compared >= 20, $"only {compared} configs were accepted");
    }

    [Fact]
    public void Text_encoders_compute_the_same()
    {
        RandomConfigs.Texts.Sample(CheckText, iter: 300);

        Assert.True(compared >= 20, $"only {compared} configs were accepted");
    }

    private void Check<TConfig>(Gen<TConfig> configs, int iterations, int atLeast)
        where TConfig : AutoencoderConfig
    {
        configs.Sample(config => CheckAutoencoder(config), iterations);

        Assert.True(compared >= atLeast, $"only {compared} configs were accepted");
    }

    private void CheckAutoencoder(AutoencoderConfig config)
    {
        if (!IsAccepted(() => AutoencoderModel.Create(config, seed: 1), out var model))
            return;
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var held = model;
        using var generator = Disturb(model!.Network);
        var (height, width) = (2 * config.DownsampleFactor, 3 * config.DownsampleFactor);
        var images = rand([2, config.ImageChannels, height, width], generator: generator);
        var latents = randn([2, config.LatentChannels, 2, 3], generator: generator);
        var (parameters, name, decoded) = model.Network switch
        {
            KlAutoencoder kl => (Moments(kl, images), "latent_parameters", kl.Decode(latents)),
            VqAutoencoder vq => (vq.Encode(images), "latent_sample", vq.Decode(latents = vq.Quantize(latents, generator).Latents)),
            TinyAutoencoder tiny => (tiny.Encode(images), "latent_sample", tiny.Decode(latents)),
            var other => throw new NotSupportedException(other.GetName()),
        };

        Close(config, parameters, OnnxRun.Run(OnnxGraphs.Encoder(model.Network, config), name, ("sample", images)));
        Close(config, decoded, OnnxRun.Run(OnnxGraphs.Decoder(model.Network, config), "sample", ("latent_sample", latents)));
    }

    private void CheckUNet(UNetConfig config)
    {
        if (!IsAccepted(() => UNet.Create(config, seed: 1), out var network))
            return;
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var held = network;
        using var generator = Disturb(network!);
        var (height, width) = (2 * config.DownsampleFactor, 3 * config.DownsampleFactor);
        var states = randn([2, config.InputChannels, height, width], generator: generator);
        var times = tensor(new[] { 3f, 500f });
        var (vectors, parts) = Vectors(config, generator);
        var conditions = new UNetConditions(
            config.ContextDimension is { } dimension ? randn([2, 3, dimension], generator: generator) : null,
            config.LabelCount is { } labels ? tensor(new[] { 0L, labels - 1L }) : null,
            Vectors: vectors);

        var expected = network!.Predict(states, times, conditions);
        var inputs = OnnxInputs.Of(states, times, conditions with { Vectors = parts.Length == 0 ? vectors : null });
        Close(config, expected, OnnxRun.Run(OnnxGraphs.Unet(network), "out_sample", [.. inputs, .. parts]));
    }

    // SDXL's graph makes the vectors itself, from the text's and the sizes.
    private static (Tensor? Vectors, (string Name, Tensor Value)[] Parts) Vectors(UNetConfig config, Generator generator)
    {
        if (config.VectorDimension is not { } width)
            return (null, []);
        if (config.SizeDimension is not { } each)
            return (randn([2, width], generator: generator), []);
        var texts = randn([2, width - (6 * each)], generator: generator);
        var sizes = tensor(new float[,] { { 512, 640, 0, 7, 512, 640 }, { 1024, 1024, 3, 0, 768, 1024 } });
        var waves = TimestepSinusoids.Embed(sizes.flatten(), each).reshape(2, -1);
        return (cat([texts, waves], dim: 1), [("text_embeds", texts), ("time_ids", sizes)]);
    }

    private void CheckText(TextNetworkConfig config)
    {
        TextNetwork Create() => config is ClipTextConfig clip ? new ClipTextNetwork(clip) : new LdmTextNetwork((LdmTextConfig)config);
        if (!IsAccepted(Create, out var network))
            return;
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var held = network;
        network!.eval();
        using var generator = Disturb(network);
        var ids = randint(0, config.VocabularySize, [2, config.Positions], dtype: ScalarType.Int64, generator: generator);
        var states = network.HiddenStates(ids, kept: null);

        Close(config, network.Normalize(states[^1]), Exported(ContextRule.Last, "last_hidden_state"));
        if (config is not ClipTextConfig || config.Layers < 2)
            return;
        Close(config, network.Normalize(states[^2]), Exported(ContextRule.Penultimate, "last_hidden_state"));
        Close(config, states[^2], Exported(ContextRule.PenultimateAsIs, $"hidden_states.{config.Layers - 1}"));

        Tensor Exported(ContextRule rule, string output) =>
            OnnxRun.Run(OnnxGraphs.Text(network, OnnxInputs.Part(network, rule)), output, ("input_ids", ids.to(ScalarType.Int32)));
    }

    private static bool IsAccepted<T>(Func<T> create, out T? created)
        where T : class
    {
        try
        {
            created = create();
            return true;
        }
        catch (OptionException)
        {
            created = null;                                      // ConfigPropertyTests show that the refusal names an option
            return false;
        }
    }

    // New networks have zeros, behind which a wrong layer would not show.
    private static Generator Disturb(nn.Module network)
    {
        var generator = new Generator(3, CPU);
        foreach (var parameter in network.parameters())
        {
            using var noise = randn(parameter.shape, generator: generator);
            parameter.add_(noise, Real(0.1));
        }

        return generator;
    }

    private static Tensor Moments(KlAutoencoder network, Tensor images)
    {
        using var posterior = network.Encode(images);
        return cat([posterior.Mean, posterior.LogVariance], dim: 1);
    }

    private void Close(object config, Tensor expected, Tensor actual)
    {
        compared++;
        Assert.Equal(expected.shape, actual.shape);
        var largest = Math.Max(1e-3f, expected.abs().max().item<float>());
        var difference = (expected - actual).abs().max().item<float>();
        Assert.True(difference <= Tolerance * largest, $"{difference} of {largest} for {config}");
    }
}
