using LdmMl.Torch.Kernels.Vectors;
using LdmMl.Torch.Native;
using static TorchSharp.torch;

namespace LdmMl.Torch.Kernels.Winograd;

/// <summary>
/// The weights of a 3x3 convolution as U = G g G^T, in the order of multiplication: [Cout / 2L][xi][Cin][2L] for L lanes.
/// </summary>
internal sealed unsafe class WinogradWeights : IDisposable
{
    private readonly PageMemory memory;
    private readonly nint panelSize, pointSize;

    private WinogradWeights(int points, int inChannels, int outChannels, int panel)
    {
        (InChannels, OutChannels) = (inChannels, outChannels);
        pointSize = (nint)inChannels * panel;
        panelSize = points * pointSize;
        memory = new PageMemory((long)points * inChannels * outChannels * sizeof(float));
    }

    public int InChannels { get; }

    public int OutChannels { get; }

    /// <summary>Gets how much memory they take.</summary>
    public long Bytes => memory.Bytes;

    /// <summary>Transforms weights [Cout, Cin, 3, 3].</summary>
    public static WinogradWeights Transform<TTile, TLanes>(Tensor weight)
        where TTile : struct, IWinogradTile
        where TLanes : struct, ILanes<TLanes>
    {
        using var detached = weight.detach();
        using var filters = detached.contiguous();
        var (outChannels, inChannels, panel) = ((int)filters.shape[0], (int)filters.shape[1], 2 * TLanes.Count);
        var result = new WinogradWeights(TTile.Side * TTile.Side, inChannels, outChannels, panel);
        var transform = new FilterTransform(TTile.FilterTransform, panel, inChannels, TensorPointer.OfFloats(filters), result.memory.Numbers);
        transform.Run(outChannels / panel);
        return result;
    }

    /// <summary>The start of the weights of 2 L output channels for one xi.</summary>
    public float* At(int panel, int xi) => memory.Numbers + (panel * panelSize) + (xi * pointSize);

    public void Dispose() => memory.Dispose();
}
