using LdmMl.Torch.Layers;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.Perceptual;

/// <summary>
/// A basic block of a residual network (He et al. 2016, figure 2), including its ReLUs; batch normalisations are folded into the convolutions.
/// </summary>
internal sealed class ResidualBlock : Module<Tensor, Tensor>
{
    // Field names are checkpoint keys.
    private readonly ImageConvolution conv1;
    private readonly ImageConvolution conv2;
    private readonly ImageConvolution? downsample;

    public ResidualBlock(int channels, ResidualStep step) : base(nameof(ResidualBlock))
    {
        var stride = step.Halves ? 2 : 1;
        conv1 = new ImageConvolution(channels, step.OutChannels, kernel: 3, stride, padding: 1);
        conv2 = new ImageConvolution(step.OutChannels, step.OutChannels, kernel: 3, padding: 1);
        downsample = step.Halves ? new ImageConvolution(channels, step.OutChannels, kernel: 1, stride) : null;
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)                 // [B, C, H, W] -> [B, C', H / stride, W / stride]
    {
        using var scope = NewDisposeScope();
        var shortcut = downsample?.call(input) ?? input;
        return scope.MoveToOuter(conv1.call(input).ThenRelu().Then(conv2).ThenAdd(shortcut).ThenRelu());
    }
}
