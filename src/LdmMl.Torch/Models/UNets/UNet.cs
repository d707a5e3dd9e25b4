using LdmMl.Torch.Layers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.UNets;

/// <summary>The U-Net that predicts the noise in a latent (Rombach et al. 2022, section 3.2; CompVis <c>UNetModel</c>).</summary>
internal sealed class UNet : Module
{
    // On smaller maps almost nothing is left to win by fast convolutions, and the other layers are faster in plain order.
    private const long SmallestFastMap = 8 * 8;

    // Field names are checkpoint keys.
    private readonly TimeEmbedding time_embed;
    private readonly Module<Tensor, Tensor>? label_emb;
    private readonly ModuleList<UNetBlock> input_blocks;
    private readonly UNetBlock middle_block;
    private readonly ModuleList<UNetBlock> output_blocks;
    [TorchSharp.Utils.ComponentName(Name = "out")]
    private readonly NormalizedConvolution last;
    private readonly CodebookPredictor? id_predictor;
    private readonly bool suitsChannelsLast;

    /// <summary>Builds the network with PyTorch's default random initialisation.</summary>
    /// <param name="config">Its shape.</param>
    /// <param name="device">Where its weights live; the CPU unless given. On <c>META</c> it has keys and shapes and no memory.</param>
    /// <exception cref="ArgumentException">The config makes no network.</exception>
    public UNet(UNetConfig config, Device? device = null) : base(nameof(UNet))
    {
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
        input_blocks = layout.Down();
        middle_block = layout.Middle();
        output_blocks = layout.Up();
        last = new NormalizedConvolution(config.NormGroups, config.BaseChannels, config.OutputChannels, kernel: 3, position: 2, device);
        id_predictor = config.CodebookSize is { } entries ? new CodebookPredictor(config, entries, device) : null;
        RegisterComponents();
        suitsChannelsLast = InferenceLayout.Suits(this);
    }

    /// <summary>Gets the shape it was built from.</summary>
    public UNetConfig Config { get; }

    /// <summary>Gets or sets where training draws what <see cref="UNetConfig.Dropout"/> drops; the caller owns it.</summary>
    public Generator? DropoutNoise { get; set; }

    /// <summary>Predicts what the network was trained to predict.</summary>
    /// <param name="states">Noisy latents [B, c, h, w], float32; both sides multiples of <see cref="UNetConfig.DownsampleFactor"/>.</param>
    /// <param name="timesteps">Time steps [B], float32; they may be fractional.</param>
    /// <param name="conditions">What else the network wants to know.</param>
    /// <returns>The prediction [B, c', h, w], float32. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">A shape does not fit, or a condition is missing or too many.</exception>
    public Tensor Predict(Tensor states, Tensor timesteps, UNetConditions conditions)
    {
        UNetArguments.Check(Config, states, timesteps, conditions);
        using var scope = NewDisposeScope();
        using var embedding = Embed(timesteps, conditions);
        var told = new BlockConditions(embedding, conditions.Context, DropoutNoise);
        using var input = conditions.Concatenated is { } more ? cat([states, more], dim: 1) : states.alias();
        var isWorthIt = suitsChannelsLast && input.shape[2] * input.shape[3] >= SmallestFastMap;
        var skips = Descend(InferenceLayout.Enter(input, isWorthIt, last.Convolution.Format), told);
        var h = middle_block.call(skips.Peek(), told);
        foreach (var block in output_blocks)
        {
            using var joined = Join(h, skips.Pop());
            h = block.call(joined, told);
        }

        return scope.MoveToOuter(InferenceLayout.Leave(id_predictor is null ? h.Then(last) : h.Then(id_predictor)));
    }

    /// <summary>Makes the last layer of every block, and of the network, 0.</summary>
    public void ZeroOutputs()
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
        if (label_emb is null)
            return embedding.ThenSilu();
        using var beside = label_emb.call(conditions.Labels ?? conditions.Vectors!);
        return embedding.ThenAdd(beside).ThenSilu();
    }

    private Stack<Tensor> Descend(Tensor owned, BlockConditions told)
    {
        var skips = new Stack<Tensor>();
        foreach (var block in input_blocks)
        {
            var next = block.call(skips.Count == 0 ? owned : skips.Peek(), told);
            skips.Push(next);
        }

        owned.Dispose();
        return skips;
    }

    private static Tensor Join(Tensor h, Tensor skip)            // [B, C1, h, w], [B, C2, h, w] -> [B, C1 + C2, h, w]
    {
        using (h)
        using (skip)
            return cat([h, skip], dim: 1);
    }
}
