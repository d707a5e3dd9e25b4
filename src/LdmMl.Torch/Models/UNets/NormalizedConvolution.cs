using System.Globalization;
using LdmMl.Torch.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.UNets;

/// <summary>Group normalisation, SiLU and a convolution: the two stages of a residual block, and the network's output.</summary>
internal sealed class NormalizedConvolution : Module<Tensor, Tensor>
{
    /// <summary>The epsilon of a U-Net's normalisations.</summary>
    public const double Epsilon = 1e-5;

    // In a list, because fields are registered under their own names.
    private readonly Module<Tensor, Tensor>[] layers;

    /// <param name="groups">The groups of the normalisation.</param>
    /// <param name="inChannels">The input channels.</param>
    /// <param name="outChannels">The output channels.</param>
    /// <param name="kernel">The side of the kernel, odd.</param>
    /// <param name="position">The convolution's index among the layers, which is its checkpoint key.</param>
    /// <param name="device">The device of the weights.</param>
    public NormalizedConvolution(int groups, int inChannels, int outChannels, int kernel, int position, Device? device)
        : base(nameof(NormalizedConvolution))
    {
        layers =
        [
            GroupNormalization.Create(groups, inChannels, Epsilon, device),
            new ImageConvolution(inChannels, outChannels, kernel, padding: kernel / 2, device: device),
        ];
        register_module("0", layers[0]);
        register_module(position.ToString(CultureInfo.InvariantCulture), layers[1]);
    }

    private GroupNorm Norm => (GroupNorm)layers[0];

    /// <summary>Gets the convolution.</summary>
    public ImageConvolution Convolution => (ImageConvolution)layers[1];

    public override Tensor forward(Tensor input)                 // [B, Cin, H, W] -> [B, Cout, H, W]
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(Activated(input).Then(Convolution));
    }

    /// <summary>Returns the convolution's input: after normalisation and SiLU.</summary>
    public Tensor Activated(Tensor input, Tensor? shift = null, Tensor? scale = null, Tensor? offset = null) =>
        FusedNormalization.Run(Norm, input, Convolution.Format, withSilu: true, shift, scale, offset);
}
