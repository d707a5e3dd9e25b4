using LdmMl.Torch.Layers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.Text.Networks;

/// <summary>Multi-head self-attention over the tokens of a text.</summary>
internal sealed class TextAttention : Module<Tensor, Tensor?, Tensor>
{
    // Field names are checkpoint keys.
    private readonly LinearProjection k_proj;
    private readonly LinearProjection v_proj;
    private readonly LinearProjection q_proj;
    private readonly LinearProjection out_proj;
    private readonly int heads;

    public TextAttention(TextNetworkConfig config, bool bias, Device? device) : base(nameof(TextAttention))
    {
        heads = config.Heads;
        k_proj = new LinearProjection(config.Width, config.AttentionWidth, bias, device);
        v_proj = new LinearProjection(config.Width, config.AttentionWidth, bias, device);
        q_proj = new LinearProjection(config.Width, config.AttentionWidth, bias, device);
        out_proj = new LinearProjection(config.AttentionWidth, config.Width, device: device);
        RegisterComponents();
    }

    /// <param name="input">Tokens.</param>
    /// <param name="mask">What is added to the scores, [B or 1, 1, T, T]; null for nothing.</param>
    public override Tensor forward(Tensor input, Tensor? mask)   // [B, T, C] -> [B, T, C]
    {
        using var scope = NewDisposeScope();
        var mixed = functional.scaled_dot_product_attention(Heads(q_proj.call(input)), Heads(k_proj.call(input)), Heads(v_proj.call(input)), mask);
        return scope.MoveToOuter(out_proj.call(mixed.transpose(1, 2).contiguous().flatten(2)));
    }

    private Tensor Heads(Tensor tokens) => tokens.unflatten(2, [heads, tokens.shape[2] / heads]).transpose(1, 2);   // -> [B, heads, T, C / heads]
}
