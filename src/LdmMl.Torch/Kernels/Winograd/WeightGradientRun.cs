using System.Runtime.CompilerServices;
using LdmMl.Torch.Kernels.Products;
using LdmMl.Torch.Kernels.Threads;
using LdmMl.Torch.Kernels.Vectors;

namespace LdmMl.Torch.Kernels.Winograd;

/// <summary>
/// The gradient of the filters of one convolution in progress, by the adjoint of Winograd's algorithm: with the tiles' transformed inputs
/// V = B^T d B and transformed gradients Z = A y A^T, dg = G^T (sum of V * Z over all tiles) G. At each of the (m + 2)² points xi the sums are a matrix
/// product over the tiles, [Cin, tiles] x [tiles, Cout].
/// <code>
///   image        V [xi][Cin / L][tile][L]          S [part][xi][rows][2 L]           gradient
///   [N, h, w, Cin] -- B^T d B --\
///                                 V^T Z, in order  -- sums of all tiles -- G^T S G --> [Cout, Cin, 3, 3]
///   [N, H, W, Cout] -- A y A^T --/
///   gradient     Z [xi][Cout / 2 L][tile][2 L]
/// </code>
/// A part of the filters is summed by one thread, over the tiles in their order and in chunks of a fixed size: neither the number of threads nor the
/// caches change a bit of the result.
/// </summary>
internal sealed unsafe class WeightGradientRun<TTile, TLanes>
    where TTile : struct, IWinogradTile
    where TLanes : struct, ILanes<TLanes>
{
    // Tiles that are summed before their sum is added to the others.
    private const int Chunk = 128;

    // Keeps values of different xi from mapping to the same cache set.
    private const int Pad = 80;

    private static readonly int Points = TTile.Side * TTile.Side, Panel = 2 * TLanes.Count, Rows = PanelProduct.Rows<TLanes>();

    private readonly WinogradLayer layer;
    private readonly nint target;
    private readonly TileGrid grid;
    private readonly float* zeros;
    private readonly int tiles, blockTiles, inChannels, outChannels, parts;
    private readonly nint strideV, strideZ;

    private WeightGradientRun(WinogradLayer layer, nint target, float* zeros)
    {
        (this.layer, this.target) = (layer, target);
        this.zeros = zeros;
        (inChannels, outChannels) = (layer.Filters.InChannels, layer.Filters.OutChannels);
        grid = TileGrid.Of<TTile>(layer);
        tiles = grid.Count;
        var fitting = CacheSizes.ThirdLevel / 4 / (Points * (inChannels + outChannels) * sizeof(float));
        blockTiles = Math.Min(tiles, Chunk * Math.Max(1, (int)fitting / Chunk));
        parts = inChannels / Rows * (outChannels / Panel);
        strideV = ((nint)blockTiles * inChannels) + Pad;
        strideZ = ((nint)blockTiles * outChannels) + Pad;
    }

    private static int SumsOfPart => Points * Rows * Panel;

    /// <summary>Computes the gradient of a convolution's filters.</summary>
    /// <param name="layer">The convolution; its output holds the gradient of its results.</param>
    /// <param name="target">Receives the gradient, [Cout, Cin, 3, 3].</param>
    public static void Compute(WinogradLayer layer, nint target)
    {
        var widest = Math.Max(layer.Filters.InChannels, layer.Filters.OutChannels);
        using var padding = ScratchMemory.Rent(widest);
        new Span<float>(padding.Numbers, widest).Clear();
        new WeightGradientRun<TTile, TLanes>(layer, target, padding.Numbers).Run();
    }

    private void Run()
    {
        using var inputs = ScratchMemory.Rent(Points * strideV);
        using var gradients = ScratchMemory.Rent(Points * strideZ);
        using var sums = blockTiles < tiles ? ScratchMemory.Rent((long)parts * SumsOfPart) : null;
        var (v, z, kept) = ((nint)inputs.Numbers, (nint)gradients.Numbers, sums is null ? 0 : (nint)sums.Numbers);
        for (var begin = 0; begin < tiles; begin += blockTiles)
        {
            var (first, count) = (begin, Math.Min(blockTiles, tiles - begin));
            var transforms = new WorkList((count + TileProducts.Tiles - 1) / TileProducts.Tiles);
            OpenMpTeam.Run(OpenMpTeam.Size, _ =>
            {
                while (transforms.TryTake(out var group))
                    Transform(first, group * TileProducts.Tiles, Math.Min(count, (group + 1) * TileProducts.Tiles), (float*)v, (float*)z);
            });
            var products = new WorkList(parts);
            OpenMpTeam.Run(OpenMpTeam.Size, _ =>
            {
                using var own = kept == 0 ? ScratchMemory.Rent(SumsOfPart) : null;
                while (products.TryTake(out var part))
                {
                    var s = own is null ? (float*)kept + ((nint)part * SumsOfPart) : own.Numbers;
                    Multiply(part, (float*)v, (float*)z, count, s, isFirst: first == 0);
                    if (first + count == tiles)
                        Finish(part, s);
                }
            });
        }
    }

    [SkipLocalsInit]
    private void Transform(int block, int first, int end, float* v, float* z)
    {
        var pixels = stackalloc float*[Points];
        for (var tile = first; tile < end; tile++)
        {
            grid.FindInputs(layer, block + tile, zeros, pixels);
            TTile.TransformInput<TLanes>(pixels, inChannels, v + (tile * TLanes.Count), (nint)blockTiles * TLanes.Count, strideV);
            grid.FindResults(layer, block + tile, zeros, pixels);
            for (nint channel = 0; channel < outChannels; channel += Panel)
            {
                var to = z + (channel * blockTiles) + (tile * Panel);
                TTile.TransformGradient<TLanes>(pixels, channel, to, strideZ);
                TTile.TransformGradient<TLanes>(pixels, channel + TLanes.Count, to + TLanes.Count, strideZ);
            }
        }
    }

    private void Multiply(int part, float* v, float* z, int count, float* sums, bool isFirst)
    {
        var (panel, row) = Place(part);
        var lanes = TLanes.Count;
        v += ((nint)row / lanes * blockTiles * lanes) + (row % lanes);
        z += (nint)panel * blockTiles * Panel;
        for (var xi = 0; xi < Points; xi++, v += strideV, z += strideZ, sums += Rows * Panel)
        {
            for (var first = 0; first < count; first += Chunk)
            {
                PanelProduct.Multiply<TLanes>(
                    v + (first * lanes), 1, lanes, z + (first * Panel), sums, Rows, Math.Min(Chunk, count - first), adds: !isFirst || first > 0);
            }
        }
    }

    // [xi][row][output channel] -> [output channel][row][tap]
    [SkipLocalsInit]
    private void Finish(int part, float* sums)
    {
        var (panel, row) = Place(part);
        var room = stackalloc float[(Rows * FilterBank.Taps * Panel) + ScratchMemory.Line];
        var taps = ScratchMemory.Align(room);                    // [row][tap][output channel]
        for (var i = 0; i < Rows; i++)
        {
            for (var lane = 0; lane < Panel; lane += TLanes.Count)
                TTile.TransformSums<TLanes>(sums + (i * Panel) + lane, Rows * Panel, taps + (i * FilterBank.Taps * Panel) + lane, Panel);
        }

        var to = (float*)target + ((((nint)panel * Panel * inChannels) + row) * FilterBank.Taps);
        var (values, step) = (Rows * FilterBank.Taps, (nint)inChannels * FilterBank.Taps);
        for (var lane = 0; lane < Panel; lane += Transposition.Side)
        {
            var value = 0;
            for (; value <= values - Transposition.Side; value += Transposition.Side)
                Transposition.Square(taps + (value * Panel) + lane, Panel, to + (lane * step) + value, step);
            for (; value < values; value++)
            {
                for (var one = lane; one < lane + Transposition.Side; one++)
                    to[(one * step) + value] = taps[(value * Panel) + one];
            }
        }
    }

    private (int Panel, int Row) Place(int part)
    {
        var (panel, row) = Math.DivRem(part, inChannels / Rows);
        return (panel, row * Rows);
    }
}
