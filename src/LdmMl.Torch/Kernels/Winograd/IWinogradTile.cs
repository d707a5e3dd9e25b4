using LdmMl.Torch.Kernels.Vectors;

namespace LdmMl.Torch.Kernels.Winograd;

/// <summary>
/// F(m x m, 3 x 3) of Lavin and Gray 2016: Y = A^T [ (G g G^T) * (B^T d B) ] A gives m x m outputs of a 3x3 convolution for (m + 2)² products
/// where the definition needs 9 m².
/// </summary>
/// <remarks>All transforms work on neighbouring channels at once; a tile's numbers xi = (row, column) lie row by row, a stride apart.</remarks>
internal unsafe interface IWinogradTile
{
    /// <summary>Gets m, the side of the outputs of a tile.</summary>
    static abstract int OutputSide { get; }

    /// <summary>Gets m + 2, the side of the inputs of a tile.</summary>
    static abstract int Side { get; }

    /// <summary>Gets how many channels are summed before their sum joins the others: short sums lose fewer bits.</summary>
    static abstract int ChannelsOfSum { get; }

    /// <summary>Gets G, [m + 2, 3].</summary>
    static abstract double[,] FilterTransform { get; }

    /// <summary>V = B^T d B of one tile, for all its channels.</summary>
    /// <param name="pixels">Where each of its (m + 2)² pixels begins.</param>
    /// <param name="channels">How many channels there are, a multiple of the lanes.</param>
    /// <param name="target">Where xi = 0 of the first lanes goes.</param>
    /// <param name="step">How far apart the next lanes are, in numbers.</param>
    /// <param name="stride">How far apart the xi are, in numbers.</param>
    static abstract void TransformInput<TLanes>(float** pixels, int channels, float* target, nint step, nint stride)
        where TLanes : struct, ILanes<TLanes>;

    /// <summary>Y = A^T M A of one tile, for as many channels as there are lanes.</summary>
    /// <param name="products">Where xi = 0 lies.</param>
    /// <param name="stride">How far apart the xi are, in numbers.</param>
    /// <param name="bias">What is added to each channel.</param>
    /// <param name="target">Where the m x m results go, and what is done to them first.</param>
    static abstract void TransformOutput<TLanes>(float* products, nint stride, TLanes bias, in OutputPixels target)
        where TLanes : struct, ILanes<TLanes>;
}
