using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.Features.Inception;

/// <summary>Six branches at 8x8, with 3x3 convolutions that end in a 1x3 and a 3x1 side by side (Szegedy et al. 2016, figure 7).</summary>
internal sealed class InceptionBlockE : Module<Tensor, Tensor>
{
    // Field names are checkpoint keys.
    private readonly InceptionUnit branch1x1;
    private readonly InceptionUnit branch3x3_1;
    private readonly InceptionUnit branch3x3_2a;
    private readonly InceptionUnit branch3x3_2b;
    private readonly InceptionUnit branch3x3dbl_1;
    private readonly InceptionUnit branch3x3dbl_2;
    private readonly InceptionUnit branch3x3dbl_3a;
    private readonly InceptionUnit branch3x3dbl_3b;
    private readonly InceptionUnit branch_pool;
    private readonly Func<Tensor, Tensor> pooling;

    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="pooling">Average in the first of these blocks, maximum in the second, as in the network with which FID was defined.</param>
    /// <param name="device">The device of the weights.</param>
    public InceptionBlockE(int inChannels, Func<Tensor, Tensor> pooling, Device? device = null) : base(nameof(InceptionBlockE))
    {
        this.pooling = pooling;
        branch1x1 = new(inChannels, 320, 1, 1, device: device);
        branch3x3_1 = new(inChannels, 384, 1, 1, device: device);
        branch3x3_2a = new(384, 384, 1, 3, device: device);
        branch3x3_2b = new(384, 384, 3, 1, device: device);
        branch3x3dbl_1 = new(inChannels, 448, 1, 1, device: device);
        branch3x3dbl_2 = new(448, 384, 3, 3, device: device);
        branch3x3dbl_3a = new(384, 384, 1, 3, device: device);
        branch3x3dbl_3b = new(384, 384, 3, 1, device: device);
        branch_pool = new(inChannels, 192, 1, 1, device: device);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)                     // [B, Cin, 8, 8] -> [B, 2048, 8, 8]
    {
        using var scope = NewDisposeScope();
        var once = branch3x3_1.call(x);
        var twice = branch3x3dbl_2.call(branch3x3dbl_1.call(x));
        var pool = branch_pool.call(pooling(x));
        return scope.MoveToOuter(cat(
            [branch1x1.call(x), branch3x3_2a.call(once), branch3x3_2b.call(once), branch3x3dbl_3a.call(twice), branch3x3dbl_3b.call(twice), pool], dim: 1));
    }
}
