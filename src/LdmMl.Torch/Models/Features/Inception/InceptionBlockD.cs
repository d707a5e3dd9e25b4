using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.Features.Inception;

/// <summary>From 17x17 to 8x8.</summary>
internal sealed class InceptionBlockD : Module<Tensor, Tensor>
{
    // Field names are checkpoint keys.
    private readonly InceptionUnit branch3x3_1;
    private readonly InceptionUnit branch3x3_2;
    private readonly InceptionUnit branch7x7x3_1;
    private readonly InceptionUnit branch7x7x3_2;
    private readonly InceptionUnit branch7x7x3_3;
    private readonly InceptionUnit branch7x7x3_4;

    public InceptionBlockD(int inChannels, Device? device = null) : base(nameof(InceptionBlockD))
    {
        branch3x3_1 = new(inChannels, 192, 1, 1, device: device);
        branch3x3_2 = new(192, 320, 3, 3, stride: 2, keepsSize: false, device);
        branch7x7x3_1 = new(inChannels, 192, 1, 1, device: device);
        branch7x7x3_2 = new(192, 192, 1, 7, device: device);
        branch7x7x3_3 = new(192, 192, 7, 1, device: device);
        branch7x7x3_4 = new(192, 192, 3, 3, stride: 2, keepsSize: false, device);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)                     // [B, Cin, 17, 17] -> [B, 512 + Cin, 8, 8]
    {
        using var scope = NewDisposeScope();
        var three = branch3x3_2.call(branch3x3_1.call(x));
        var seven = branch7x7x3_4.call(branch7x7x3_3.call(branch7x7x3_2.call(branch7x7x3_1.call(x))));
        return scope.MoveToOuter(cat([three, seven, InceptionPooling.Halve(x)], dim: 1));
    }
}
