using LdmMl.Torch.Layers;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.UNets;

/// <summary>
/// Residual block of a U-Net: two (norm, SiLU, 3x3 conv) stages with the time embedding between them, and a 1x1 shortcut when the width
/// changes. It may halve or double the map after its first SiLU.
/// </summary>
/// <remarks>The sum is float32 in every precision: rounded again at each block, it would be most of bf16's error.</remarks>
internal sealed class UNetResBlock : Module<Tensor, BlockConditions, Tensor>
{
    // Field names are checkpoint keys.
    private readonly NormalizedConvolution in_layers;
    private readonly EmbeddingLayers emb_layers;
    private readonly NormalizedConvolution out_layers;
    private readonly ImageConvolution? skip_connection;
    private readonly MapResize resize;
    private readonly TimestepInjection injection;
    private readonly double dropout;

    public UNetResBlock(UNetConfig config, int inChannels, int outChannels, Device? device, MapResize resize = MapResize.None)
        : base(nameof(UNetResBlock))
    {
        this.resize = resize;
        injection = config.TimestepInjection;
        dropout = config.Dropout;
        var embedded = injection == TimestepInjection.ScaleAndShift ? 2 * outChannels : outChannels;
        in_layers = new NormalizedConvolution(config.NormGroups, inChannels, outChannels, kernel: 3, position: 2, device);
        emb_layers = new EmbeddingLayers(config.EmbeddingChannels, embedded, device);
        out_layers = new NormalizedConvolution(config.NormGroups, outChannels, outChannels, kernel: 3, position: 3, device);
        skip_connection = inChannels == outChannels ? null : new ImageConvolution(inChannels, outChannels, kernel: 1, device: device);
        RegisterComponents();
    }

    /// <summary>Zeroes the block's second stage, so that it starts as the identity.</summary>
    public void ZeroOutput() => out_layers.Convolution.Zero();

    public override Tensor forward(Tensor input, BlockConditions conditions)   // [B, Cin, H, W] -> [B, Cout, H', W']
    {
        using var scope = NewDisposeScope();
        var h = in_layers.Activated(input);                      // [B, Cin, H, W]
        h = resize == MapResize.None ? h : Resized(h);
        h = h.Then(in_layers.Convolution);                       // [B, Cout, H', W']
        var activated = SecondStage(h, conditions);              // [B, Cout, H', W']
        using var shortcut = Shortcut(input);                    // [B, Cout, H', W']
        return scope.MoveToOuter(out_layers.Convolution.ConvolveWith(activated, shortcut));
    }

    private Tensor SecondStage(Tensor h, BlockConditions conditions)   // up to its convolution
    {
        using (h)
        {
            using var embedding = emb_layers.call(conditions.Embedding);
            if (injection == TimestepInjection.Shift)
                return Dropped(out_layers.Activated(h, embedding), conditions.DropoutNoise);
            var parts = embedding.chunk(2, dim: 1);              // scale, offset: 2 x [B, Cout]
            return Dropped(out_layers.Activated(h, scale: parts[0], offset: parts[1]), conditions.DropoutNoise);
        }
    }

    private Tensor Dropped(Tensor h, Generator? noise)
    {
        if (!training || dropout == 0)
            return h;
        if (noise is null)
            throw new InvalidOperationException($"This U-Net drops {dropout:P0} of its values in training; set {nameof(UNet.DropoutNoise)} first.");
        var kept = empty_like(h).bernoulli_(1 - dropout, noise);
        return h.ThenMultiply(kept / Real(1 - dropout));
    }

    private Tensor Shortcut(Tensor input)
    {
        var x = resize == MapResize.None ? input.alias() : Resized(input.alias());
        return skip_connection is null ? x : x.ThenTo(skip_connection.Format).Then(skip_connection).ThenTo(ScalarType.Float32);
    }

    private Tensor Resized(Tensor owned)
    {
        using (owned)
        {
            return resize == MapResize.Halve
                ? functional.avg_pool2d(owned, kernel_size: 2, stride: 2)
                : functional.interpolate(owned, scale_factor: [2.0, 2.0], mode: InterpolationMode.Nearest);
        }
    }
}
