using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.Autoencoders;

/// <summary>tanh(x / 3) * 3: keeps latents within [-3, 3] smoothly.</summary>
internal sealed class SoftClamp() : Module<Tensor, Tensor>(nameof(SoftClamp))
{
    public override Tensor forward(Tensor input)                 // [B, c, h, w] -> [B, c, h, w]
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter((input / Real(TinyLatents.Magnitude)).tanh() * Real(TinyLatents.Magnitude));
    }
}
