using LdmMl.Torch.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.UNets;

/// <summary>The output layer of a network that predicts the indices of a codebook: a logit for each entry.</summary>
internal sealed class CodebookPredictor : Module<Tensor, Tensor>
{
    // Names are checkpoint keys.
    [ComponentName(Name = "0")]
    private readonly GroupNorm norm;
    [ComponentName(Name = "1")]
    private readonly ImageConvolution convolution;

    public CodebookPredictor(UNetConfig config, int entries, Device? device) : base(nameof(CodebookPredictor))
    {
        norm = GroupNormalization.Create(config.NormGroups, config.BaseChannels, NormalizedConvolution.Epsilon, device);
        convolution = new ImageConvolution(config.BaseChannels, entries, kernel: 1, device: device);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)                 // [B, C, H, W] -> [B, entries, H, W]
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(FusedNormalization.Run(norm, input, convolution.Format, withSilu: false).Then(convolution));
    }
}
