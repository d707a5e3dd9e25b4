using LdmMl.Torch.Layers;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.Perceptual;

/// <summary>SqueezeNet's module (Iandola et al. 2016, §3.2), including its ReLUs.</summary>
internal sealed class FireModule : Module<Tensor, Tensor>
{
    // Field names are checkpoint keys.
    private readonly ImageConvolution squeeze;
    private readonly ImageConvolution expand1x1;
    private readonly ImageConvolution expand3x3;

    public FireModule(int channels, int squeezeChannels, int expandChannels) : base(nameof(FireModule))
    {
        squeeze = new ImageConvolution(channels, squeezeChannels, kernel: 1);
        expand1x1 = new ImageConvolution(squeezeChannels, expandChannels, kernel: 1);
        expand3x3 = new ImageConvolution(squeezeChannels, expandChannels, kernel: 3, padding: 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)                 // [B, C, H, W] -> [B, 2E, H, W]
    {
        using var scope = NewDisposeScope();
        var narrow = squeeze.call(input).ThenRelu();             // [B, S, H, W]
        using var left = expand1x1.call(narrow);
        using var right = expand3x3.call(narrow);
        return scope.MoveToOuter(cat([left, right], dim: 1).ThenRelu());
    }
}
