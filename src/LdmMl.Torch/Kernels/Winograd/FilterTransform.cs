using System.Runtime.CompilerServices;
using LdmMl.Torch.Kernels.Products;
using LdmMl.Torch.Kernels.Threads;
using LdmMl.Torch.Kernels.Vectors;

namespace LdmMl.Torch.Kernels.Winograd;

/// <summary>
/// U = G g G^T of many filters. It is fast enough to be repeated in every call: for six tiles, a product takes as long as the transform of its weights
/// takes for ten.
/// </summary>
internal static unsafe class FilterTransform<TTile, TLanes>
    where TTile : struct, IWinogradTile
    where TLanes : struct, ILanes<TLanes>
{
    // Filters whose values are brought into the order of lanes together: whole squares of eight by eight values, in the first cache.
    private const int Channels = 8, Values = Channels * FilterBank.Taps;

    /// <summary>Gets how many output channels are interleaved.</summary>
    public static int Panel => 2 * TLanes.Count;

    private static int Points => TTile.Side * TTile.Side;

    /// <summary>Computes how far apart the xi of some input channels are, in floats.</summary>
    public static nint Stride(int channels) => ((nint)channels * Panel) + WinogradWeights.Gap;

    /// <summary>Computes how many floats the transforms of all filters take.</summary>
    public static long Size(in FilterBank filters) => Points * Stride(filters.InChannels) * (filters.OutChannels / Panel);

    /// <summary>Transforms all filters, on all threads: [Cout / panel][xi][Cin][panel], each xi followed by a gap.</summary>
    public static void All(FilterBank filters, float* target)
    {
        var start = (nint)target;
        var work = new WorkList(filters.OutChannels / Panel);
        OpenMpTeam.Run(OpenMpTeam.Size, _ =>
        {
            while (work.TryTake(out var panel))
                Part(filters, panel, 0, filters.InChannels, (float*)start + (panel * Points * Stride(filters.InChannels)));
        });
    }

    /// <summary>Transforms the filters of a panel of output channels for some input channels: [xi][channels][panel], each xi followed by a gap.</summary>
    /// <param name="filters">The filters.</param>
    /// <param name="panel">The number of the panel.</param>
    /// <param name="first">The first input channel, a multiple of eight.</param>
    /// <param name="channels">How many input channels, a multiple of eight.</param>
    /// <param name="target">The start of the result.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Part(in FilterBank filters, int panel, int first, int channels, float* target)
    {
        var room = stackalloc float[(2 * Values * Panel) + ScratchMemory.Line];
        var taps = ScratchMemory.Align(room);                    // [channel][tap][panel]
        var widened = taps + (Values * Panel);
        for (var channel = 0; channel < channels; channel += Channels)
        {
            if (filters.IsTurned)
                Turn(filters, panel * Panel, first + channel, taps);
            else
                Interleave(filters, panel * Panel, first + channel, taps, widened);
            for (var one = 0; one < Channels; one++)
            {
                for (var lane = 0; lane < Panel; lane += IWinogradTile.FiltersAtOnce)
                {
                    TTile.TransformFilters(
                        taps + (one * FilterBank.Taps * Panel) + lane, Panel, target + ((channel + one) * Panel) + lane, Stride(channels));
                }
            }
        }
    }

    // [output channel][channel][tap] -> [channel][tap][output channel]
    private static void Interleave(in FilterBank filters, int outChannel, int inChannel, float* taps, float* widened)
    {
        for (var row = 0; row < Panel; row += Transposition.Side)
        {
            var step = filters.IsHalf ? Values : (nint)filters.InChannels * FilterBank.Taps;
            var rows = filters.Read(outChannel + row, inChannel, Values, widened);
            for (var one = 1; filters.IsHalf && one < Transposition.Side; one++)
                filters.Read(outChannel + row + one, inChannel, Values, widened + (one * Values));
            for (var value = 0; value < Values; value += Transposition.Side)
                Transposition.Square(rows + value, step, taps + (value * Panel) + row, Panel);
        }
    }

    // [channel][output channel][tap] -> [channel][8 - tap][output channel]
    private static void Turn(in FilterBank filters, int outChannel, int inChannel, float* taps)
    {
        const int last = FilterBank.Taps - 1;
        for (var one = 0; one < Channels; one++, taps += FilterBank.Taps * Panel)
        {
            var rows = filters.Turned(inChannel + one, outChannel);
            for (var row = 0; row < Panel; row += Transposition.Side)
                Transposition.Square(rows + (row * FilterBank.Taps), FilterBank.Taps, taps + (last * Panel) + row, -Panel);
            for (var row = 0; row < Panel; row++)
                taps[row] = rows[(row * FilterBank.Taps) + last];
        }
    }
}
