using LdmMl.Torch.Layers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.UNets;

/// <summary>
/// The U-Net that predicts the noise in a latent (Rombach et al. 2022, section 3.2; CompVis <c>UNetModel</c>), as a TorchSharp module: train it or
/// build on it. Its state dict has CompVis' keys (<c>input_blocks.0.0.weight</c>).
/// </summary>
/// <remarks>
/// Its parameters belong to the module and not to the dispose scope in which it is built. It convolves with libtorch; an opened model, which shares
/// its weights among threads, has faster convolutions.
/// </remarks>
/// <example>
/// <code>
/// var config = new UNetConfig { InputChannels = 4, OutputChannels = 4, BaseChannels = 64, ChannelMultipliers = [1, 2, 4], LabelCount = 10 };
/// using var unet = UNet.Create(config, seed: 1);
/// using var noisy = torch.randn(2, 4, 32, 32);
/// using var timesteps = torch.tensor(new float[] { 10, 500 });
/// using var classes = torch.tensor(new long[] { 3, 7 });
/// using var noise = unet.call(noisy, timesteps, new UNetConditions(Labels: classes));   // [2, 4, 32, 32]
/// </code>
/// </example>
public sealed class UNet : Module<Tensor, Tensor, UNetConditions, Tensor>
{
    // On smaller maps fast convolutions gain almost nothing, and the other layers are faster in plain order.
    private const long SmallestFastMap = 8 * 8;

    // Field names are checkpoint keys.
    private readonly TimeEmbedding time_embed;
    private readonly Module<Tensor, Tensor>? label_emb;
    private readonly ContextEmbedding? add_embedding;
    private readonly ModuleList<UNetBlock> input_blocks;
    private readonly UNetBlock middle_block;
    private readonly ModuleList<UNetBlock> output_blocks;
    [TorchSharp.Utils.ComponentName(Name = "out")]
    private readonly NormalizedConvolution last;
    private readonly CodebookPredictor? id_predictor;
    private readonly bool suitsChannelsLast;

    /// <summary>Initializes a new instance of the <see cref="UNet"/> class with PyTorch's default random weights.</summary>
    /// <param name="config">Its shape.</param>
    /// <param name="device">Where its weights are stored; null for the CPU. On <c>META</c> it has keys and shapes but no memory.</param>
    /// <exception cref="Arguments.OptionException">No network can be built from the config; the message names the value.</exception>
    public UNet(UNetConfig config, Device? device = null) : base(nameof(UNet))
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        Config = config;
        var layout = new UNetLayout(config, device);
        time_embed = new TimeEmbedding(config.BaseChannels, config.EmbeddingChannels, device);
        label_emb = config switch
        {
            { LabelCount: { } labels } => new LabelEmbedding(labels, config.EmbeddingChannels, device),
            { VectorDimension: { } vector } => new VectorEmbedding(vector, config.EmbeddingChannels, device),
            _ => null,
        };
        add_embedding = config.ContextPoolingHeads is { } heads
            ? new ContextEmbedding(config.ContextDimension!.Value, heads, config.EmbeddingChannels, device) : null;
        input_blocks = layout.Down();
        middle_block = layout.Middle();
        output_blocks = layout.Up();
        last = new NormalizedConvolution(config.NormGroups, config.BaseChannels, config.OutputChannels, kernel: 3, position: 2, device);
        id_predictor = config.CodebookSize is { } entries ? new CodebookPredictor(config, entries, device) : null;
        RegisterComponents();
        suitsChannelsLast = InferenceLayout.Suits(this);

        // A network lives until it is disposed, whatever dispose scope it was built in.
        foreach (var tensor in parameters().Concat(buffers()))
            tensor.DetachFromDisposeScope();
    }

    /// <summary>Gets the shape it was built from.</summary>
    public UNetConfig Config { get; }

    /// <summary>Gets or sets the generator of dropout in training (<see cref="UNetConfig.Dropout"/>); the caller owns it.</summary>
    public Generator? DropoutNoise { get; set; }

    /// <summary>
    /// Creates an untrained network initialised as in the reference: PyTorch's defaults, and 0 at the end of each block, so that it starts with its
    /// shortcuts only and predicts 0.
    /// </summary>
    /// <param name="config">Its shape.</param>
    /// <param name="seed">The seed of its random weights; the same seed gives the same weights.</param>
    /// <returns>The network, on the CPU, in evaluation mode.</returns>
    /// <exception cref="Arguments.OptionException">No network can be built from the config; the message names the value.</exception>
    public static UNet Create(UNetConfig config, long seed)
    {
        var network = UNetFactory.Build(config);
        UNetFactory.Initialize(network, seed);
        return network;
    }

    /// <inheritdoc cref="Predict"/>
    public override Tensor forward(Tensor states, Tensor timesteps, UNetConditions conditions) => Predict(states, timesteps, conditions);

    /// <summary>Predicts noise, or whatever else the network was trained to predict.</summary>
    /// <param name="states">Noisy latents [B, c, h, w], float32; both sides multiples of <see cref="UNetConfig.DownsampleFactor"/>.</param>
    /// <param name="timesteps">Time steps [B], float32; they may be fractional.</param>
    /// <param name="conditions">The conditions; <see cref="UNetConditions.None"/> for nothing.</param>
    /// <returns>The prediction [B, c', h, w], float32. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">A tensor has another shape or type, or a condition is missing or not supported.</exception>
    public Tensor Predict(Tensor states, Tensor timesteps, UNetConditions conditions)
    {
        UNetArguments.Check(Config, states, timesteps, conditions);
        using var scope = NewDisposeScope();
        using var embedding = Embed(timesteps, conditions);
        var given = new BlockConditions(embedding, conditions.Context, DropoutNoise);
        using var input = conditions.Concatenated is { } more ? cat([states, more], dim: 1) : states.alias();
        var isWorthIt = suitsChannelsLast && input.shape[2] * input.shape[3] >= SmallestFastMap;
        var skips = Descend(InferenceLayout.Enter(input, isWorthIt, last.Convolution.Format), given);
        var h = middle_block.call(skips.Peek(), given);
        foreach (var block in output_blocks)
        {
            using var joined = Join(h, skips.Pop());
            h = block.call(joined, given);
        }

        return scope.MoveToOuter(InferenceLayout.Leave(id_predictor is null ? h.Then(last) : h.Then(id_predictor)));
    }

    /// <summary>Sets the last layer of every block, and of the network, to 0.</summary>
    internal void ZeroOutputs()
    {
        foreach (var module in modules())
        {
            switch (module)
            {
                case UNetResBlock block: block.ZeroOutput(); break;
                case UNetAttention block: block.ZeroOutput(); break;
                case SpatialTransformer block: block.ZeroOutput(); break;
            }
        }

        last.Convolution.Zero();
    }

    private Tensor Embed(Tensor timesteps, UNetConditions conditions)   // [B] -> [B, 4 base], after the SiLU that all blocks share
    {
        var embedding = TimestepSinusoids.Embed(timesteps, Config.BaseChannels).Then(time_embed);
        if (label_emb is not null)
            embedding = Add(embedding, label_emb.call(conditions.Labels ?? conditions.Vectors!));
        if (add_embedding is not null)
            embedding = Add(embedding, add_embedding.call(conditions.Context!));
        return embedding.ThenSilu();
    }

    private static Tensor Add(Tensor embedding, Tensor other)
    {
        using (other)
            return embedding.ThenAdd(other);
    }

    private Stack<Tensor> Descend(Tensor owned, BlockConditions given)
    {
        var skips = new Stack<Tensor>();
        foreach (var block in input_blocks)
        {
            var next = block.call(skips.Count == 0 ? owned : skips.Peek(), given);
            skips.Push(next);
        }

        owned.Dispose();
        return skips;
    }

    private static Tensor Join(Tensor h, Tensor skip)            // [B, C1, h, w], [B, C2, h, w] -> [B, C1 + C2, h, w]
    {
        using (h)
        using (skip)
            return ChannelJoin.Of(h, skip);
    }
}
