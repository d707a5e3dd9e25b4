using LdmMl.Torch.Arguments;
using LdmMl.Torch.Layers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.Discriminators;

/// <summary>
/// The PatchGAN discriminator (Isola et al. 2017; taming-transformers <c>NLayerDiscriminator</c>): one logit for each overlapping patch of an
/// image, high if it looks real and low if it looks generated.
/// </summary>
internal sealed class NLayerDiscriminator : Module<Tensor, Tensor>
{
    private const int Kernel = 4;
    private const double NegativeSlope = 0.2;
    private const double InitialDeviation = 0.02;
    private const int MostGroups = 32;

    // The indices in this list are checkpoint keys ("main.0.weight"), so every activation is a module.
    private readonly ModuleList<Module<Tensor, Tensor>> main = [];

    /// <summary>
    /// Builds the network and initializes its weights as the reference does: kernels from N(0, 0.02²), scales of batch norms from N(1, 0.02²).
    /// </summary>
    /// <param name="config">Its shape; null for the published one.</param>
    /// <param name="seed">The seed of the weights.</param>
    /// <param name="device">Their device; the CPU unless given.</param>
    /// <exception cref="ArgumentException">No network can be built from the config.</exception>
    public NLayerDiscriminator(NLayerDiscriminatorConfig? config = null, long seed = 0, Device? device = null) : base(nameof(NLayerDiscriminator))
    {
        Config = config ?? new NLayerDiscriminatorConfig();
        Config.Validate();
        AddConvolution(Config.InputChannels, Config.Channels, stride: 2, bias: true);
        main.Add(new LeakyRelu(NegativeSlope));
        for (var layer = 1; layer <= Config.Layers; layer++)
        {
            // Only batch norm removes the mean that a bias would add.
            var (stride, bias) = (layer == Config.Layers ? 1 : 2, Config.Normalization != DiscriminatorNormalization.Batch);
            AddConvolution(Config.LayerChannels(layer - 1), Config.LayerChannels(layer), stride, bias);
            main.Add(Normalization(Config.LayerChannels(layer)));
            main.Add(new LeakyRelu(NegativeSlope));
        }

        AddConvolution(Config.LayerChannels(Config.Layers), 1, stride: 1, bias: true);
        RegisterComponents();
        Initialize(seed);
        this.to(device ?? CPU);
    }

    /// <summary>Gets its shape.</summary>
    public NLayerDiscriminatorConfig Config { get; }

    /// <summary>Computes a logit for every patch of the images.</summary>
    /// <param name="input">Images [B, C, H, W], float32; both sides at least <see cref="NLayerDiscriminatorConfig.MinimumSize"/>.</param>
    /// <returns>Logits [B, 1, h, w].</returns>
    /// <exception cref="ArgumentException">The images have other channels, or are too small to leave a logit.</exception>
    public override Tensor forward(Tensor input)                 // [B, C, H, W] -> [B, 1, h, w]
    {
        Check(input);
        using var scope = NewDisposeScope();
        var h = main[0].call(input);                             // [B, ch, H/2, W/2]
        for (var layer = 1; layer < main.Count; layer++)
            h = h.Then(main[layer]);
        return scope.MoveToOuter(h);
    }

    private void Check(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.shape is not [_, var channels, var height, var width] || channels != Config.InputChannels)
            throw new ArgumentException($"Expected images [B, {Config.InputChannels}, H, W], got {input.ShapeText()}.", nameof(input));
        if (height < Config.MinimumSize || width < Config.MinimumSize)
        {
            throw new ArgumentException(
                $"The images are {width}x{height}; a discriminator of {Config.Layers} layers needs at least " +
                $"{Config.MinimumSize}x{Config.MinimumSize}. Use fewer layers or larger images.",
                nameof(input));
        }
    }

    private void AddConvolution(int inChannels, int outChannels, int stride, bool bias) =>
        main.Add(new ImageConvolution(inChannels, outChannels, Kernel, stride, padding: 1, bias));

    private Module<Tensor, Tensor> Normalization(int channels) => Config.Normalization switch
    {
        DiscriminatorNormalization.ActNorm => new ActNorm(channels),
        DiscriminatorNormalization.Group => GroupNormalization.Create(LargestDivisor(channels), channels, epsilon: 1e-5, device: null),
        _ => BatchNorm2d(channels),
    };

    private static int LargestDivisor(int channels)
    {
        var groups = MostGroups;
        while (channels % groups != 0)
            groups /= 2;
        return groups;
    }

    private void Initialize(long seed)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var generator = new Generator((ulong)seed, CPU);
        foreach (var layer in main)
        {
            if (layer is ImageConvolution convolution)
                convolution.InitializeNormal(InitialDeviation, generator);
            else if (layer is BatchNorm2d { weight: { } weight })
                weight.normal_(1, InitialDeviation, generator);
        }
    }
}
