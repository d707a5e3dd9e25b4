using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Layers;

/// <summary>Doubles the image by repeating pixels, then smooths it with a 3x3 convolution where it has one.</summary>
internal sealed class Upsample : Module<Tensor, Tensor>
{
    private readonly ImageConvolution? conv;

    public Upsample(int channels, bool withConvolution, Device? device = null) : base(nameof(Upsample))
    {
        conv = withConvolution ? new ImageConvolution(channels, channels, kernel: 3, padding: 1, device: device) : null;
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)                 // [B, C, H, W] -> [B, C, 2H, 2W]
    {
        using var scope = NewDisposeScope();
        var doubled = functional.interpolate(conv is null ? input : input.to(conv.Format), scale_factor: [2.0, 2.0], mode: InterpolationMode.Nearest);
        return scope.MoveToOuter(conv is null ? doubled : doubled.Then(conv));
    }
}
