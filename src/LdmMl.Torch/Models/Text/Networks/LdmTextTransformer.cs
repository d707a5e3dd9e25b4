using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.Text.Networks;

/// <summary>Latent diffusion's text encoder; a separate module only because of the checkpoint keys.</summary>
internal sealed class LdmTextTransformer : Module
{
    // Field names are checkpoint keys.
    private readonly EmbeddingTable embed_tokens;
    private readonly EmbeddingTable embed_positions;
    private readonly ModuleList<LdmTextLayer> layers;
    private readonly LayerNorm layer_norm;

    public LdmTextTransformer(LdmTextConfig config, Device? device) : base(nameof(LdmTextTransformer))
    {
        embed_tokens = new EmbeddingTable(config.VocabularySize, config.Width, device);
        embed_positions = new EmbeddingTable(config.Positions, config.Width, device);
        layers = new ModuleList<LdmTextLayer>([.. Enumerable.Range(0, config.Layers).Select(_ => new LdmTextLayer(config, device))]);
        layer_norm = LayerNorm(config.Width, device: device);
        RegisterComponents();
    }

    /// <summary>
    /// Reinitializes the tables from a generator. Tokens are standard normal, PyTorch's default, rather than a fiftieth of that as in the reference:
    /// otherwise the embeddings of rare words would hardly differ, compared with what attention adds to them, until the words have been seen often.
    /// </summary>
    public void InitializeTables(Generator generator)
    {
        embed_tokens.Initialize(1, generator);
        embed_positions.Initialize(0.02, generator);
    }

    public IReadOnlyList<Tensor> HiddenStates(Tensor ids)        // [B, T] -> [B, T, C] each
    {
        using var scope = NewDisposeScope();
        List<Tensor> states = [embed_tokens.call(ids).Plus(embed_positions.Rows.narrow(0, 0, ids.shape[1]))];
        foreach (var layer in layers)
            states.Add(layer.call(states[^1]));
        return [.. states.Select(scope.MoveToOuter)];
    }

    public Tensor Normalize(Tensor states) => layer_norm.call(states);   // [B, T, C] -> [B, T, C]
}
