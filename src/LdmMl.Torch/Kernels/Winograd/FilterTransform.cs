using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using LdmMl.Torch.Kernels.Threads;

namespace LdmMl.Torch.Kernels.Winograd;

/// <summary>U = G g G^T of many filters, in float64 before rounding; eight filters at once, all in one pass over the
/// memory.</summary>
internal sealed unsafe class FilterTransform
{
    private const int Kernel = 3, Taps = Kernel * Kernel, Lanes = 8, LargestSide = 6;

    private readonly double[,] transform;                        // G, [m + 2, 3]
    private readonly int side, panel, inChannels;
    private readonly nint source, target;

    /// <param name="transform">G, [m + 2, 3].</param>
    /// <param name="panel">How many output channels are interleaved in the result, a multiple of eight.</param>
    /// <param name="inChannels">Cin.</param>
    /// <param name="source">The start of the weights [Cout, Cin, 3, 3].</param>
    /// <param name="target">The start of the result [Cout / panel, (m + 2)², Cin, panel].</param>
    public FilterTransform(double[,] transform, int panel, int inChannels, float* source, float* target)
    {
        (this.transform, this.panel, this.inChannels) = (transform, panel, inChannels);
        (this.source, this.target) = ((nint)source, (nint)target);
        side = transform.GetLength(0);
    }

    /// <summary>Transforms them on all threads.</summary>
    /// <param name="panels">Cout / panel.</param>
    public void Run(int panels)
    {
        var work = new WorkList(panels);
        OpenMpTeam.Run(OpenMpTeam.Size, _ =>
        {
            while (work.TryTake(out var one))
                Panel(one);
        });
    }

    private void Panel(int index)
    {
        var filters = (float*)source + ((nint)index * panel * inChannels * Taps);
        var result = (float*)target + ((nint)index * side * side * inChannels * panel);
        for (var channel = 0; channel < inChannels; channel++)
        {
            for (var first = 0; first < panel; first += Lanes)
                Eight(filters + ((((nint)first * inChannels) + channel) * Taps), result + ((nint)channel * panel) + first);
        }
    }

    [SkipLocalsInit]
    private void Eight(float* filters, float* result)
    {
        var g = stackalloc double[Taps * Lanes];                 // [tap][filter]
        for (var lane = 0; lane < Lanes; lane++)
        {
            for (var tap = 0; tap < Taps; tap++)
                g[(tap * Lanes) + lane] = filters[((nint)lane * inChannels * Taps) + tap];
        }

        var rows = stackalloc double[LargestSide * Kernel * Lanes];   // G g, [row][column][filter]
        for (var row = 0; row < side; row++)
        {
            for (var column = 0; column < Kernel; column++)
                Combine(row, g + (column * Lanes), Kernel * Lanes).Store(rows + (((row * Kernel) + column) * Lanes));
        }

        for (var row = 0; row < side; row++)
        {
            for (var column = 0; column < side; column++)
            {
                var u = Combine(column, rows + (row * Kernel * Lanes), Lanes);
                var rounded = Vector256.Narrow(u.GetLower(), u.GetUpper());
                rounded.Store(result + ((((nint)row * side) + column) * inChannels * panel));
            }
        }
    }

    // A row of G times three values of each filter.
    private Vector512<double> Combine(int row, double* numbers, int stride) =>
        (Vector512.Load(numbers) * transform[row, 0]) + (Vector512.Load(numbers + stride) * transform[row, 1])
        + (Vector512.Load(numbers + (2 * stride)) * transform[row, 2]);
}
