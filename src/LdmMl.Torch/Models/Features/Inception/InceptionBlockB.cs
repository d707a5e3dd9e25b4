using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.Features.Inception;

/// <summary>From 35x35 to 17x17.</summary>
internal sealed class InceptionBlockB : Module<Tensor, Tensor>
{
    // Field names are checkpoint keys.
    private readonly InceptionUnit branch3x3;
    private readonly InceptionUnit branch3x3dbl_1;
    private readonly InceptionUnit branch3x3dbl_2;
    private readonly InceptionUnit branch3x3dbl_3;

    public InceptionBlockB(int inChannels, Device? device = null) : base(nameof(InceptionBlockB))
    {
        branch3x3 = new(inChannels, 384, 3, 3, stride: 2, keepsSize: false, device);
        branch3x3dbl_1 = new(inChannels, 64, 1, 1, device: device);
        branch3x3dbl_2 = new(64, 96, 3, 3, device: device);
        branch3x3dbl_3 = new(96, 96, 3, 3, stride: 2, keepsSize: false, device);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)                     // [B, Cin, 35, 35] -> [B, 480 + Cin, 17, 17]
    {
        using var scope = NewDisposeScope();
        var twice = branch3x3dbl_3.call(branch3x3dbl_2.call(branch3x3dbl_1.call(x)));
        return scope.MoveToOuter(cat([branch3x3.call(x), twice, InceptionPooling.Halve(x)], dim: 1));
    }
}
