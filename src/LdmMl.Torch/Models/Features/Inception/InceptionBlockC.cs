using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.Features.Inception;

/// <summary>Four branches at 17x17, with 7x7 convolutions as pairs of 1x7 and 7x1 (Szegedy et al. 2016, figure 6).</summary>
internal sealed class InceptionBlockC : Module<Tensor, Tensor>
{
    // Field names are checkpoint keys.
    private readonly InceptionUnit branch1x1;
    private readonly InceptionUnit branch7x7_1;
    private readonly InceptionUnit branch7x7_2;
    private readonly InceptionUnit branch7x7_3;
    private readonly InceptionUnit branch7x7dbl_1;
    private readonly InceptionUnit branch7x7dbl_2;
    private readonly InceptionUnit branch7x7dbl_3;
    private readonly InceptionUnit branch7x7dbl_4;
    private readonly InceptionUnit branch7x7dbl_5;
    private readonly InceptionUnit branch_pool;

    public InceptionBlockC(int inChannels, int channels, Device? device = null) : base(nameof(InceptionBlockC))
    {
        branch1x1 = new(inChannels, 192, 1, 1, device: device);
        branch7x7_1 = new(inChannels, channels, 1, 1, device: device);
        branch7x7_2 = new(channels, channels, 1, 7, device: device);
        branch7x7_3 = new(channels, 192, 7, 1, device: device);
        branch7x7dbl_1 = new(inChannels, channels, 1, 1, device: device);
        branch7x7dbl_2 = new(channels, channels, 7, 1, device: device);
        branch7x7dbl_3 = new(channels, channels, 1, 7, device: device);
        branch7x7dbl_4 = new(channels, channels, 7, 1, device: device);
        branch7x7dbl_5 = new(channels, 192, 1, 7, device: device);
        branch_pool = new(inChannels, 192, 1, 1, device: device);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)                     // [B, Cin, 17, 17] -> [B, 768, 17, 17]
    {
        using var scope = NewDisposeScope();
        var once = branch7x7_3.call(branch7x7_2.call(branch7x7_1.call(x)));
        var twice = branch7x7dbl_3.call(branch7x7dbl_2.call(branch7x7dbl_1.call(x)));
        twice = branch7x7dbl_5.call(branch7x7dbl_4.call(twice));
        var pool = branch_pool.call(InceptionPooling.Means(x));
        return scope.MoveToOuter(cat([branch1x1.call(x), once, twice, pool], dim: 1));
    }
}
