using LdmMl.Torch.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.UNets;

/// <summary>The embedding of a whole context that is added to the time embedding (diffusers <c>TextTimeEmbedding</c>).</summary>
internal sealed class ContextEmbedding : Module<Tensor, Tensor>
{
    // Field names are checkpoint keys.
    private readonly LayerNorm norm1;
    private readonly ContextPooling pool;
    private readonly LinearProjection proj;
    private readonly LayerNorm norm2;

    public ContextEmbedding(int contextWidth, int heads, int channels, Device? device) : base(nameof(ContextEmbedding))
    {
        norm1 = LayerNorm(contextWidth, device: device);
        pool = new ContextPooling(contextWidth, heads, device);
        proj = new LinearProjection(contextWidth, channels, device: device);
        norm2 = LayerNorm(channels, device: device);
        RegisterComponents();
    }

    public override Tensor forward(Tensor context)               // [B, T, Cc] -> [B, C]
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(norm1.call(context).Then(pool).Then(proj).Then(norm2));
    }
}
