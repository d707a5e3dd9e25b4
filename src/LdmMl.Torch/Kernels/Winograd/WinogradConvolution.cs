using System.Runtime.Intrinsics;
using LdmMl.Torch.Kernels.Vectors;
using static TorchSharp.torch;

namespace LdmMl.Torch.Kernels.Winograd;

/// <summary>A 3x3 convolution with padding 1 by Winograd's algorithm, for float32 images whose channels lie together (channels last).</summary>
internal sealed unsafe class WinogradConvolution<TTile, TLanes> : IDisposable
    where TTile : struct, IWinogradTile
    where TLanes : struct, ILanes<TLanes>
{
    private readonly WinogradWeights weights;
    private readonly Tensor bias;

    public WinogradConvolution(Tensor weight, Tensor? bias)
    {
        weights = WinogradWeights.Transform<TTile, TLanes>(weight);
        using var noGradient = no_grad();
        this.bias = (bias?.detach().clone() ?? zeros(weight.shape[0])).DetachFromDisposeScope();
    }

    /// <summary>Convolves.</summary>
    /// <param name="input">[N, Cin, h, w]; made channels-last where it is not.</param>
    /// <param name="doubles">Whether every pixel counts as 2x2.</param>
    /// <returns>[N, Cout, H, W], channels last.</returns>
    public Tensor Convolve(Tensor input, bool doubles = false)
    {
        using var scope = NewDisposeScope();
        var nhwc = input.permute(0, 2, 3, 1).contiguous();
        var factor = doubles ? 2 : 1;
        var output = empty([input.shape[0], input.shape[2] * factor, input.shape[3] * factor, weights.OutChannels]);
        fixed (byte* source = nhwc.bytes, target = output.bytes, added = bias.bytes)
        {
            WinogradRun<TTile, TLanes>.Compute(new WinogradLayer
            {
                Input = (float*)source, Output = (float*)target, Bias = (float*)added, Weights = weights,
                Images = (int)input.shape[0], Height = (int)output.shape[1], Width = (int)output.shape[2], Doubles = doubles,
            });
        }

        return scope.MoveToOuter(output.permute(0, 3, 1, 2));
    }

    public void Dispose()
    {
        weights.Dispose();
        bias.Dispose();
    }
}
