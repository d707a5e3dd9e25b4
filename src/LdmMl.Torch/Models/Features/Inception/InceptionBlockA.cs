using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.Features.Inception;

/// <summary>Four branches at 35x35: 1x1, 5x5, two 3x3, and average pooling (Szegedy et al. 2016, figure 5).</summary>
internal sealed class InceptionBlockA : Module<Tensor, Tensor>
{
    // Field names are checkpoint keys.
    private readonly InceptionUnit branch1x1;
    private readonly InceptionUnit branch5x5_1;
    private readonly InceptionUnit branch5x5_2;
    private readonly InceptionUnit branch3x3dbl_1;
    private readonly InceptionUnit branch3x3dbl_2;
    private readonly InceptionUnit branch3x3dbl_3;
    private readonly InceptionUnit branch_pool;

    public InceptionBlockA(int inChannels, int poolChannels, Device? device = null) : base(nameof(InceptionBlockA))
    {
        branch1x1 = new(inChannels, 64, 1, 1, device: device);
        branch5x5_1 = new(inChannels, 48, 1, 1, device: device);
        branch5x5_2 = new(48, 64, 5, 5, device: device);
        branch3x3dbl_1 = new(inChannels, 64, 1, 1, device: device);
        branch3x3dbl_2 = new(64, 96, 3, 3, device: device);
        branch3x3dbl_3 = new(96, 96, 3, 3, device: device);
        branch_pool = new(inChannels, poolChannels, 1, 1, device: device);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)                     // [B, Cin, 35, 35] -> [B, 224 + pool, 35, 35]
    {
        using var scope = NewDisposeScope();
        var five = branch5x5_2.call(branch5x5_1.call(x));
        var three = branch3x3dbl_3.call(branch3x3dbl_2.call(branch3x3dbl_1.call(x)));
        var pool = branch_pool.call(InceptionPooling.Means(x));
        return scope.MoveToOuter(cat([branch1x1.call(x), five, three, pool], dim: 1));
    }
}
