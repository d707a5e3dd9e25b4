using LdmMl.Torch.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.UNets;

/// <summary>One vector for all tokens of a context: their mean attends to itself and to each of them (diffusers <c>AttentionPooling</c>).</summary>
internal sealed class ContextPooling : Module<Tensor, Tensor>
{
    // Field names are checkpoint keys.
    private readonly Parameter positional_embedding;
    private readonly LinearProjection k_proj;
    private readonly LinearProjection q_proj;
    private readonly LinearProjection v_proj;
    private readonly int heads;

    public ContextPooling(int width, int heads, Device? device) : base(nameof(ContextPooling))
    {
        this.heads = heads;
        positional_embedding = new Parameter(empty([1, width], device: device));
        k_proj = new LinearProjection(width, width, device: device);
        q_proj = new LinearProjection(width, width, device: device);
        v_proj = new LinearProjection(width, width, device: device);
        RegisterComponents();
        InitialValues.Normal(positional_embedding, Deviation);
    }

    private double Deviation => 1 / Math.Sqrt(positional_embedding.shape[1]);

    /// <summary>Reinitializes what is added to the mean; the linear layers are initialised as all others.</summary>
    public void Initialize(Generator generator) => positional_embedding.normal_(0, Deviation, generator);

    public override Tensor forward(Tensor tokens)                // [B, T, C] -> [B, C]
    {
        using var scope = NewDisposeScope();
        var mean = tokens.mean([1], keepdim: true).ThenAdd(positional_embedding);
        var all = cat([mean, tokens], dim: 1);
        var pooled = functional.scaled_dot_product_attention(Heads(q_proj.call(mean)), Heads(k_proj.call(all)), Heads(v_proj.call(all)));
        return scope.MoveToOuter(pooled.flatten(1));
    }

    private Tensor Heads(Tensor tokens) => tokens.unflatten(2, [heads, tokens.shape[2] / heads]).transpose(1, 2);   // -> [B, heads, T, C / heads]
}
