using System.Runtime.CompilerServices;
using LdmMl.Torch.Kernels.Threads;
using LdmMl.Torch.Kernels.Vectors;

namespace LdmMl.Torch.Kernels.Winograd;

/// <summary>
/// One convolution in progress. The tiles go in groups of six through three stages; xi counts the (m + 2)² points of a transformed tile.
/// <code>
///   image           V [xi][group][Cin / L][6][L]        M [xi][tile][2 L]           result
///   [N, h, w, Cin] -- B^T d B --> six tiles' numbers -- V U --> products of 2 L -- A^T M A --> [N, H, W, Cout]
///                                 lie side by side        output channels
/// </code>
/// Every tile is computed independently: its results depend neither on its group nor on the threads. Filters are transformed where they are used,
/// as many channels at a time as fit into a cache, so that their transforms need no memory that lasts.
/// </summary>
internal sealed unsafe class WinogradRun<TTile, TLanes>
    where TTile : struct, IWinogradTile
    where TLanes : struct, ILanes<TLanes>
{
    // Keeps values of different xi from mapping to the same cache set.
    private const int PadV = 80, PadM = 48;

    // Channels whose weights are transformed at once: sums that are cut into parts must not be cut elsewhere.
    private const int ChannelStep = 64;

    // With fewer, the weights of a panel would be transformed for too few tiles; with more blocks, too often.
    private const int FewestSharedGroups = 8, MostSharedBlocks = 3;

    private static readonly int Points = TTile.Side * TTile.Side;

    private readonly WinogradLayer layer;
    private readonly TileGrid grid;
    private readonly float* zeros;
    private readonly int tiles, groups, panels, blockGroups, blockCount, channelsAtOnce;
    private readonly nint groupSize, strideV, strideM;
    private readonly bool streams;
    private float* transformed;

    private WinogradRun(WinogradLayer layer, float* zeros, int threads)
    {
        this.layer = layer;
        this.zeros = zeros;
        grid = TileGrid.Of<TTile>(layer);
        tiles = grid.Count;
        groups = (tiles + TileProducts.Tiles - 1) / TileProducts.Tiles;
        panels = layer.Filters.OutChannels / (2 * TLanes.Count);
        groupSize = TileProducts.Tiles * layer.Filters.InChannels;
        var groupBytes = Points * groupSize * sizeof(float);
        var whole = Math.Max(1, (int)(CacheSizes.SecondLevel / 6 / groupBytes));
        SharesTiles = WeightCount * sizeof(float) > CacheSizes.ThirdLevel / 3 || (groups + whole - 1) / whole < 4 * threads;
        blockGroups = Math.Min(groups, SharesTiles ? Math.Max(FewestSharedGroups, (int)(CacheSizes.ThirdLevel / 4 / groupBytes)) : whole);
        blockCount = (groups + blockGroups - 1) / blockGroups;
        var fitting = CacheSizes.SecondLevel / 3 / (Points * FilterTransform<TTile, TLanes>.Panel * sizeof(float));
        channelsAtOnce = Math.Max(1, (int)fitting / ChannelStep) * ChannelStep;
        transformed = layer.Transformed;
        streams = (long)layer.Images * layer.Height * layer.Width * layer.Filters.OutChannels * sizeof(float) > CacheSizes.ThirdLevel / 2;
        strideV = (blockGroups * groupSize) + PadV;
        strideM = (blockGroups * TileProducts.Tiles * 2 * TLanes.Count) + PadM;
    }

    /// <summary>
    /// Gets whether threads share transformed tiles and split output channels, so that large weights are read once for many
    /// tiles; otherwise each thread takes its own tiles, few enough for its cache, through all stages.
    /// </summary>
    private bool SharesTiles { get; }

    /// <summary>Gets whether all weights are transformed first, because every thread needs all of them, or for many blocks.</summary>
    private bool TransformsAhead => transformed == null && (!SharesTiles || blockCount > MostSharedBlocks);

    private long WeightCount => FilterTransform<TTile, TLanes>.Size(layer.Filters);

    /// <summary>Computes a convolution.</summary>
    public static void Compute(WinogradLayer layer)
    {
        using var padding = ScratchMemory.Rent(layer.Filters.InChannels);
        new Span<float>(padding.Numbers, layer.Filters.InChannels).Clear();
        var threads = OpenMpTeam.Size;
        var run = new WinogradRun<TTile, TLanes>(layer, padding.Numbers, threads);
        using var weights = run.TransformsAhead ? ScratchMemory.Rent(run.WeightCount) : null;
        if (weights is not null)
            FilterTransform<TTile, TLanes>.All(layer.Filters, run.transformed = weights.Numbers);
        if (run.SharesTiles)
            run.SharingTiles(threads);
        else
            run.TileByTile(threads);
    }

    private void TileByTile(int threads)
    {
        var blocks = new WorkList(blockCount);
        OpenMpTeam.Run(threads, _ =>
        {
            using var inputs = ScratchMemory.Rent(Points * strideV);
            using var products = ScratchMemory.Rent(Points * strideM);
            while (blocks.TryTake(out var block))
            {
                var first = block * blockGroups;
                var last = Math.Min(groups, first + blockGroups);
                for (var group = first; group < last; group++)
                    TransformGroup(group, inputs.Numbers + ((group - first) * groupSize));
                for (var panel = 0; panel < panels; panel++)
                    ComputePanel(panel, first, last, inputs.Numbers, products.Numbers, room: null);
            }
        });
    }

    private void SharingTiles(int threads)
    {
        using var inputs = ScratchMemory.Rent(Points * strideV);
        for (var begin = 0; begin < groups; begin += blockGroups)
        {
            var (first, last, v) = (begin, Math.Min(groups, begin + blockGroups), (nint)inputs.Numbers);
            var transforms = new WorkList(last - first);
            OpenMpTeam.Run(threads, _ =>
            {
                while (transforms.TryTake(out var group))
                    TransformGroup(first + group, (float*)v + (group * groupSize));
            });
            var multiplications = new WorkList(panels);
            OpenMpTeam.Run(threads, _ =>
            {
                using var products = ScratchMemory.Rent(Points * strideM);
                using var room = ScratchMemory.Rent(Points * FilterTransform<TTile, TLanes>.Stride(channelsAtOnce));
                while (multiplications.TryTake(out var panel))
                    ComputePanel(panel, first, last, (float*)v, products.Numbers, room.Numbers);
            });
        }
    }

    [SkipLocalsInit]
    private void TransformGroup(int group, float* target)
    {
        var pixels = stackalloc float*[Points];
        for (var slot = 0; slot < TileProducts.Tiles; slot++)
        {
            grid.FindInputs(layer, (group * TileProducts.Tiles) + slot, zeros, pixels);
            TTile.TransformInput<TLanes>(
                pixels, layer.Filters.InChannels, target + (slot * TLanes.Count), TileProducts.Tiles * TLanes.Count, strideV);
        }
    }

    private void ComputePanel(int panel, int first, int last, float* inputs, float* products, float* room)
    {
        var channels = layer.Filters.InChannels;
        if (transformed != null)
        {
            MultiplyChannels(0, channels, last - first, inputs, transformed + (panel * Points * FilterTransform<TTile, TLanes>.Stride(channels)), products);
        }
        else
        {
            for (var channel = 0; channel < channels; channel += channelsAtOnce)
            {
                var count = Math.Min(channelsAtOnce, channels - channel);
                FilterTransform<TTile, TLanes>.Part(layer.Filters, panel, channel, count, room);
                MultiplyChannels(channel, count, last - first, inputs, room, products);
            }
        }

        var end = Math.Min(tiles, last * TileProducts.Tiles);
        for (var tile = first * TileProducts.Tiles; tile < end; tile++, products += 2 * TLanes.Count)
            WriteTile(tile, panel, products);
    }

    // The weights are [xi][count][2 L], from the given channel on.
    private void MultiplyChannels(int channel, int count, int groupCount, float* inputs, float* weights, float* products)
    {
        var size = TileProducts.Tiles * 2 * TLanes.Count;
        inputs += (nint)channel * TileProducts.Tiles;
        for (var xi = 0; xi < Points; xi++)
        {
            var u = weights + (xi * FilterTransform<TTile, TLanes>.Stride(count));
            for (var group = 0; group < groupCount; group++)
                Multiply(channel, count, inputs + (xi * strideV) + (group * groupSize), u, products + (xi * strideM) + (group * size));
        }
    }

    private static void Multiply(int channel, int count, float* inputs, float* weights, float* products)
    {
        var part = TTile.ChannelsOfSum;
        for (var first = 0; first < count; first += part)
        {
            var start = channel + first == 0 ? SumStart.Replaces : (channel + first) % part == 0 ? SumStart.Adds : SumStart.Continues;
            TileProducts.Multiply<TLanes>(
                inputs + ((nint)first * TileProducts.Tiles), weights + ((nint)first * 2 * TLanes.Count), products,
                Math.Min(part, count - first) / TLanes.Count, start);
        }
    }

    private void WriteTile(int tile, int panel, float* products)
    {
        var (image, y, x) = grid.Locate(tile);
        var channel = panel * 2 * TLanes.Count;
        var (rows, columns) = (Math.Min(TTile.OutputSide, layer.Height - y), Math.Min(TTile.OutputSide, layer.Width - x));
        nint pixel = layer.Filters.OutChannels;
        for (var half = 0; half < 2; half++, channel += TLanes.Count)
        {
            var target = new OutputPixels(
                (nint)(layer.Result(image, y, x) + channel), layer.Width * pixel, pixel, rows, columns, layer.ToAddend, layer.Rectifies, streams);
            TTile.TransformOutput(products + (half * TLanes.Count), strideM, TLanes.Load(layer.Bias + channel), in target);
        }
    }
}
