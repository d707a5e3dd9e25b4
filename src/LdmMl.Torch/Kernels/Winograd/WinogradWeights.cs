using LdmMl.Torch.Kernels.Vectors;
using static TorchSharp.torch;

namespace LdmMl.Torch.Kernels.Winograd;

/// <summary>The weights of a 3x3 convolution as U = G g G^T, in the order in which they are multiplied. Owns its memory.</summary>
internal sealed unsafe class WinogradWeights : IDisposable
{
    private readonly Tensor packed;                              // [Cout / 2L][xi][Cin][2L], L lanes
    private readonly float* start;
    private readonly nint panelStride, pointStride;

    private WinogradWeights(Tensor packed, int inChannels, int outChannels)
    {
        this.packed = packed;
        InChannels = inChannels;
        OutChannels = outChannels;
        (panelStride, pointStride) = ((nint)packed.stride(0), (nint)packed.stride(1));
        start = TensorPointer.OfFloats(packed);
    }

    public int InChannels { get; }

    public int OutChannels { get; }

    /// <summary>Gets how much memory they take.</summary>
    public long Bytes => packed.numel() * sizeof(float);

    /// <summary>Transforms weights [Cout, Cin, 3, 3], in float64 before they are rounded.</summary>
    public static WinogradWeights Transform<TTile, TLanes>(Tensor weight)
        where TTile : struct, IWinogradTile
        where TLanes : struct, ILanes<TLanes>
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var g = weight.detach().contiguous();
        var (outChannels, inChannels, panel) = ((int)g.shape[0], (int)g.shape[1], 2 * TLanes.Count);
        var panels = empty([outChannels / panel, TTile.Side * TTile.Side, inChannels, panel]).DetachFromDisposeScope();
        var transform = new FilterTransform(TTile.FilterTransform, panel, inChannels, TensorPointer.OfFloats(g), TensorPointer.OfFloats(panels));
        transform.Run(outChannels / panel);
        GC.KeepAlive(g);
        return new WinogradWeights(panels, inChannels, outChannels);
    }

    /// <summary>Where the weights of 2 L output channels for one xi begin.</summary>
    public float* At(int panel, int xi) => start + (panel * panelStride) + (xi * pointStride);

    public void Dispose() => packed.Dispose();
}
