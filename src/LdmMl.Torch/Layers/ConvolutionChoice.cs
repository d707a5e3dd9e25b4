using LdmMl.Torch.Kernels.Winograd;

namespace LdmMl.Torch.Layers;

/// <summary>
/// Which algorithm is fastest for a 3x3 convolution of one image, from its multiplications, the cost of its tile transforms, and the time to read its
/// weights. It never depends on the batch, so that a row is computed alike in every batch.
/// </summary>
internal static class ConvolutionChoice
{
    // A transform costs as much as multiplying a tile with this many channels more; a product, against direct convolution's share of the peak.
    private const double LargeTransform = 26, SmallTransform = 18, Product = 1.07;

    // Weights that a cache does not keep between calls come from memory or are transformed again, each in the time of this many multiplications.
    private const double Reading = 9;

    // The sums of a filter's gradient are stored, transformed and written in the time of this many multiplications each.
    private const double Finishing = 8;
    private const long LargestKept = 64 << 20;                   // bytes; the widest layers of VGG-16, whose images come in batches, stay below

    // So large that borders of tiles and the reading of weights no longer decide.
    private const long LargeSide = 64;

    /// <summary>Chooses.</summary>
    /// <param name="mode">The allowed algorithms.</param>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the result.</param>
    /// <param name="height">Rows of the result.</param>
    /// <param name="width">Columns of the result.</param>
    /// <param name="doubles">Whether the input is doubled by nearest-neighbour upsampling, for which direct convolution needs 4 multiplications
    /// instead of 9.</param>
    /// <returns>The tile, or null for direct convolution.</returns>
    public static WinogradTile? Choose(ConvolutionMode mode, long inChannels, long outChannels, long height, long width, bool doubles)
    {
        if (mode == ConvolutionMode.Direct || !WinogradConvolution.Fits(inChannels, outChannels))
            return null;
        var (kernels, reach) = (inChannels * outChannels, (1.0 / inChannels) + (1.0 / outChannels));
        var direct = (doubles ? 4 : 9) * (((double)height * width) + ReadingOf(9, kernels));
        var small = 16 * ((Tiles(height, width, side: 2) * (Product + (SmallTransform * reach))) + ReadingOf(16, kernels));
        if (mode == ConvolutionMode.Exact)
            return small < direct ? WinogradTile.F2 : null;
        var large = 36 * ((Tiles(height, width, side: 4) * (Product + (LargeTransform * reach))) + ReadingOf(36, kernels));
        return large < Math.Min(small, direct) ? WinogradTile.F4 : small < direct ? WinogradTile.F2 : null;
    }

    /// <summary>Chooses for large images of any size.</summary>
    public static WinogradTile? ChooseForLarge(ConvolutionMode mode, long inChannels, long outChannels) =>
        Choose(mode, inChannels, outChannels, LargeSide, LargeSide, doubles: false);

    /// <summary>Chooses the algorithms of a training step, in which a convolution's batch shares its gradients.</summary>
    /// <param name="mode">The allowed algorithms.</param>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the result.</param>
    /// <param name="input">The shape of the input, [B, Cin, h, w].</param>
    /// <param name="forward">The tile of the results.</param>
    /// <param name="doubles">Whether the input is doubled by nearest-neighbour upsampling.</param>
    /// <returns>The plan; null if the gradient of the input does not fit the vectors.</returns>
    public static ConvolutionPlan? PlanTraining(
        ConvolutionMode mode, long inChannels, long outChannels, IReadOnlyList<long> input, WinogradTile forward, bool doubles)
    {
        if (!WinogradConvolution.Fits(outChannels, inChannels))
            return null;
        var (height, width) = doubles ? (2 * input[2], 2 * input[3]) : (input[2], input[3]);
        var back = Choose(mode, outChannels, inChannels, height, width, doubles: false) ?? forward;
        return new ConvolutionPlan(forward, back, ForWeights(mode, inChannels, outChannels, input[0], height, width), doubles);
    }

    // Both tiles' sums are transformed once for each filter, in the time of some tiles.
    private static WinogradTile ForWeights(ConvolutionMode mode, long inChannels, long outChannels, long images, long height, long width)
    {
        var reach = (1.0 / inChannels) + (1.0 / outChannels);
        var small = 16 * ((images * Tiles(height, width, side: 2) * (Product + (SmallTransform * reach))) + Finishing);
        var large = 36 * ((images * Tiles(height, width, side: 4) * (Product + (LargeTransform * reach))) + Finishing);
        return mode == ConvolutionMode.Auto && large < small ? WinogradTile.F4 : WinogradTile.F2;
    }

    private static double Tiles(long height, long width, long side) => (height + side - 1) / side * ((width + side - 1) / side);

    private static double ReadingOf(long weights, long kernels) => weights * kernels * sizeof(float) > LargestKept ? Reading : 0;
}
