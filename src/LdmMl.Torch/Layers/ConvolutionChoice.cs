using LdmMl.Torch.Kernels.Winograd;

namespace LdmMl.Torch.Layers;

/// <summary>
/// Which algorithm is fastest for a 3x3 convolution of one image, from its multiplications and what the transforms of its tiles cost. It never looks at the
/// batch, so that a row is computed alike in every batch.
/// </summary>
internal static class ConvolutionChoice
{
    // A transform costs as much as multiplying a tile with this many channels more; a product, against direct convolution's share of the peak.
    private const double LargeTransform = 26, SmallTransform = 18, Product = 1.07;

    /// <summary>Chooses.</summary>
    /// <param name="mode">What is allowed.</param>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the result.</param>
    /// <param name="height">Rows of the result.</param>
    /// <param name="width">Columns of the result.</param>
    /// <param name="doubles">Whether every pixel of the input counts as 2x2, for which direct convolution needs 4 multiplications in place of 9.</param>
    /// <returns>The tile, or null for direct convolution.</returns>
    public static WinogradTile? Choose(ConvolutionMode mode, long inChannels, long outChannels, long height, long width, bool doubles)
    {
        if (mode == ConvolutionMode.Direct || !WinogradConvolution.Fits(inChannels, outChannels))
            return null;
        var reach = (1.0 / inChannels) + (1.0 / outChannels);
        var direct = (doubles ? 4 : 9) * (double)height * width;
        var small = 16 * Tiles(height, width, side: 2) * (Product + (SmallTransform * reach));
        if (mode == ConvolutionMode.Exact)
            return small < direct ? WinogradTile.F2 : null;
        var large = 36 * Tiles(height, width, side: 4) * (Product + (LargeTransform * reach));
        return large < Math.Min(small, direct) ? WinogradTile.F4 : small < direct ? WinogradTile.F2 : null;
    }

    private static double Tiles(long height, long width, long side) => (height + side - 1) / side * ((width + side - 1) / side);
}
