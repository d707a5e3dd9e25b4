using LdmMl.Torch.Layers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.Features.Inception;

/// <summary>A convolution and a ReLU; the batch normalisation between them is folded into the weight and the bias.</summary>
internal sealed class InceptionUnit : Module<Tensor, Tensor>, IFastConvolution
{
    private readonly Parameter weight;
    private readonly Parameter bias;
    private readonly long[] stride;
    private readonly long[] padding;
    private readonly Conv3x3? fast;

    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the output.</param>
    /// <param name="height">Height of the kernel.</param>
    /// <param name="width">Width of the kernel.</param>
    /// <param name="stride">The stride on both axes.</param>
    /// <param name="keepsSize">Whether zero padding keeps the size.</param>
    /// <param name="device">The device of the weights.</param>
    public InceptionUnit(int inChannels, int outChannels, int height, int width, int stride = 1, bool keepsSize = true, Device? device = null)
        : base(nameof(InceptionUnit))
    {
        weight = new Parameter(zeros([outChannels, inChannels, height, width], device: device), requires_grad: false);
        bias = new Parameter(zeros([outChannels], device: device), requires_grad: false);
        this.stride = [stride, stride];
        padding = keepsSize ? [height / 2, width / 2] : [0, 0];
        RegisterComponents();
        fast = (height, width, stride, keepsSize) == (3, 3, 1, true) ? new Conv3x3(() => weight, () => bias) : null;
    }

    /// <inheritdoc/>
    public bool CanBeFast => fast is { Fits: true };

    /// <inheritdoc/>
    public Tensor Weight => weight;

    public override Tensor forward(Tensor x) =>                  // [B, Cin, H, W] -> [B, Cout, H', W']
        fast?.TryConvolve(x, rectifies: true) ?? functional.conv2d(x, weight, bias, stride, padding).ThenRelu();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            fast?.Dispose();
        base.Dispose(disposing);
    }
}
