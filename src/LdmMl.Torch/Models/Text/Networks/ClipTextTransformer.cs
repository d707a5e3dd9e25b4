using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.Text.Networks;

/// <summary>CLIP's text encoder without its projection.</summary>
internal sealed class ClipTextTransformer : Module
{
    // Field names are checkpoint keys.
    private readonly ClipEmbeddings embeddings;
    private readonly ClipLayers encoder;
    private readonly LayerNorm final_layer_norm;

    public ClipTextTransformer(ClipTextConfig config, Device? device) : base(nameof(ClipTextTransformer))
    {
        embeddings = new ClipEmbeddings(config, device);
        encoder = new ClipLayers(config, device);
        final_layer_norm = LayerNorm(config.Width, config.Epsilon, device: device);
        RegisterComponents();
    }

    /// <summary>Returns the input of the first block and the output of each block.</summary>
    public IReadOnlyList<Tensor> HiddenStates(Tensor ids, Tensor? kept)   // [B, T] -> [B, T, C] each
    {
        using var scope = NewDisposeScope();
        var mask = Mask(ids, kept);
        List<Tensor> states = [embeddings.call(ids)];
        foreach (var block in encoder.Blocks)
            states.Add(block.call(states[^1], mask));
        return [.. states.Select(scope.MoveToOuter)];
    }

    /// <summary>Applies the layer norm that follows the last block.</summary>
    public Tensor Normalize(Tensor states) => final_layer_norm.call(states);   // [B, T, C] -> [B, T, C]

    // Causal: a token attends to itself and the tokens before it. With kept, padding is hidden too.
    private static Tensor Mask(Tensor ids, Tensor? kept)         // -> [B or 1, 1, T, T]
    {
        var length = (int)ids.shape[1];
        var later = ones([length, length], ScalarType.Bool, ids.device).triu(1);
        using var none = tensor(0f, device: ids.device);
        using var hidden = tensor(float.NegativeInfinity, device: ids.device);
        var mask = where(later, hidden, none).unsqueeze(0).unsqueeze(0);
        if (kept is null)
            return mask;
        using var padding = kept.eq(Whole(0)).unsqueeze(1).unsqueeze(1);                     // [B, 1, 1, T]
        return where(padding, hidden, mask);
    }
}
