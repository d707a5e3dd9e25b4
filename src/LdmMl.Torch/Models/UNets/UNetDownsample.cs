using LdmMl.Torch.Layers;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.UNets;

/// <summary>Halves the map: a 3x3 convolution of stride 2 that pads on all sides, or average pooling.</summary>
internal sealed class UNetDownsample : Module<Tensor, Tensor>
{
    // The field's name is a checkpoint key.
    private readonly ImageConvolution? op;

    public UNetDownsample(int channels, bool withConvolution, Device? device) : base(nameof(UNetDownsample))
    {
        op = withConvolution ? new ImageConvolution(channels, channels, kernel: 3, stride: 2, padding: 1, device: device) : null;
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)                 // [B, C, H, W] -> [B, C, H/2, W/2]
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(op is null ? functional.avg_pool2d(input, kernel_size: 2, stride: 2) : op.call(input.to(op.Format)));
    }
}
