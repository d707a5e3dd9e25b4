using LdmMl.Torch.Kernels.Vectors;

namespace LdmMl.Torch.Kernels.Winograd;

/// <summary>
/// F(m x m, 3 x 3) of Lavin and Gray 2016: Y = A^T [ (G g G^T) * (B^T d B) ] A gives m x m outputs of a 3x3 convolution for (m + 2)² products
/// where direct convolution needs 9 m².
/// </summary>
/// <remarks>All transforms work on neighbouring channels at once; a tile's values xi = (row, column) are stored row by row, a stride apart.</remarks>
internal unsafe interface IWinogradTile
{
    /// <summary>Gets m, the side of the outputs of a tile.</summary>
    static abstract int OutputSide { get; }

    /// <summary>Gets m + 2, the side of the inputs of a tile.</summary>
    static abstract int Side { get; }

    /// <summary>Gets how many channels are summed before their sum is added to the others: short sums lose fewer bits.</summary>
    static abstract int ChannelsOfSum { get; }

    /// <summary>How many filters are transformed at once.</summary>
    const int FiltersAtOnce = 8;

    /// <summary>U = G g G^T of neighbouring output channels' filters, in float64, rounded at the end.</summary>
    /// <param name="taps">The values of the filters, [9][step].</param>
    /// <param name="step">How far apart the values of a filter are, in numbers.</param>
    /// <param name="target">The target of xi = 0.</param>
    /// <param name="stride">How far apart the xi are, in numbers.</param>
    static abstract void TransformFilters(float* taps, nint step, float* target, nint stride);

    /// <summary>V = B^T d B of one tile, for all its channels.</summary>
    /// <param name="pixels">The start of each of its (m + 2)² pixels.</param>
    /// <param name="channels">How many channels there are, a multiple of the lanes.</param>
    /// <param name="target">The target of xi = 0 for the first lanes.</param>
    /// <param name="step">The stride between groups of lanes, in elements.</param>
    /// <param name="stride">How far apart the xi are, in numbers.</param>
    static abstract void TransformInput<TLanes>(float** pixels, int channels, float* target, nint step, nint stride)
        where TLanes : struct, ILanes<TLanes>;

    /// <summary>Y = A^T M A of one tile, for as many channels as there are lanes.</summary>
    /// <param name="products">The address of xi = 0.</param>
    /// <param name="stride">How far apart the xi are, in numbers.</param>
    /// <param name="bias">The bias of each channel.</param>
    /// <param name="target">The target of the m x m results, and what is applied to them first.</param>
    static abstract void TransformOutput<TLanes>(float* products, nint stride, TLanes bias, in OutputPixels target)
        where TLanes : struct, ILanes<TLanes>;

    /// <summary>Z = A y A^T of one tile's gradients, for as many channels as there are lanes: the adjoint of the output's transform.</summary>
    /// <param name="pixels">The start of each of its m² pixels.</param>
    /// <param name="channel">The first channel.</param>
    /// <param name="target">The target of xi = 0.</param>
    /// <param name="stride">How far apart the xi are, in numbers.</param>
    static abstract void TransformGradient<TLanes>(float** pixels, nint channel, float* target, nint stride)
        where TLanes : struct, ILanes<TLanes>;

    /// <summary>The gradient of filters, G^T S G, for as many output channels as there are lanes: the adjoint of the filters' transform.</summary>
    /// <param name="sums">The address of xi = 0.</param>
    /// <param name="stride">How far apart the xi are, in numbers.</param>
    /// <param name="target">The target of the first of the nine values.</param>
    /// <param name="step">How far apart the values of a filter are, in numbers.</param>
    static abstract void TransformSums<TLanes>(float* sums, nint stride, float* target, nint step)
        where TLanes : struct, ILanes<TLanes>;
}
