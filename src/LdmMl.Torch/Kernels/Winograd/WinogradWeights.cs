using LdmMl.Torch.Kernels.Vectors;
using LdmMl.Torch.Native;

namespace LdmMl.Torch.Kernels.Winograd;

/// <summary>
/// The transforms of all filters of a layer, U = G g G^T, in the order of multiplication: [Cout / 2L][xi][Cin][2L] for L lanes.
/// </summary>
internal sealed unsafe class WinogradWeights : IDisposable
{
    /// <summary>The floats between values of different xi, which keep them from mapping to the same cache set.</summary>
    public const int Gap = 16;

    private readonly PageMemory memory;

    private WinogradWeights(long count) => memory = new PageMemory(count * sizeof(float));

    /// <summary>Gets the start.</summary>
    public float* Numbers => memory.Numbers;

    /// <summary>Transforms filters.</summary>
    public static WinogradWeights Transform<TTile, TLanes>(FilterBank filters)
        where TTile : struct, IWinogradTile
        where TLanes : struct, ILanes<TLanes>
    {
        var result = new WinogradWeights(FilterTransform<TTile, TLanes>.Size(filters));
        FilterTransform<TTile, TLanes>.All(filters, result.Numbers);
        return result;
    }

    public void Dispose() => memory.Dispose();
}
