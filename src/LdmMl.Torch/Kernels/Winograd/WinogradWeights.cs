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
        var (outChannels, inChannels, panel) = (weight.shape[0], weight.shape[1], 2L * TLanes.Count);
        var g = tensor(TTile.FilterTransform);                   // [m + 2, 3]
        var both = kron(g, g);                                   // [xi, 9]: row by row, U = (G x G) g
        var parts = new List<Tensor>();
        for (long first = 0; first < outChannels; first += panel)
        {
            // A panel at a time, because the float64 intermediates of all would be large.
            var filters = weight.narrow(0, first, panel).to(ScalarType.Float64).reshape(panel * inChannels, 9);
            using var u = both.matmul(filters.t()).reshape(-1, panel, inChannels);           // [xi, 2L, Cin]
            parts.Add(u.transpose(1, 2).to(ScalarType.Float32).contiguous());                // [xi, Cin, 2L]
        }

        var panels = stack([.. parts]).DetachFromDisposeScope();
        return new WinogradWeights(panels, (int)inChannels, (int)outChannels);
    }

    /// <summary>Where the weights of 2 L output channels for one xi begin.</summary>
    public float* At(int panel, int xi) => start + (panel * panelStride) + (xi * pointStride);

    public void Dispose() => packed.Dispose();
}
