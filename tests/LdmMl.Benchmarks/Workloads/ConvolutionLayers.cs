using System.Diagnostics;
using LdmMl.Torch.Kernels.Winograd;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Native;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>
/// Times single 3x3 convolutions by each algorithm, compared with libtorch's on channels-last images, and shows the library's choice. All run in one
/// process, in random order within each round.
/// </summary>
internal static class ConvolutionLayers
{
    // Those of kl-f8, U-Nets and TAESD, and small ones near which the choice changes.
    private static readonly (int Images, int In, int Out, int Side)[] Shapes =
    [
        (1, 512, 512, 32), (1, 512, 512, 64), (1, 512, 256, 128), (1, 256, 256, 128), (1, 256, 128, 256), (1, 128, 128, 256), (8, 64, 64, 256),
        (1, 64, 64, 64), (16, 64, 64, 16), (16, 128, 128, 8), (16, 256, 256, 4), (16, 512, 256, 4), (1, 224, 224, 64), (1, 672, 672, 16), (1, 896, 896, 8),
        (1, 1792, 896, 8), (16, 32, 32, 64), (16, 512, 512, 2), (4, 512, 512, 5),
    ];

    public static void Print(int rounds, TextWriter output)
    {
        TorchRuntime.KeepFreedMemory();
        using var inference = inference_mode();
        output.WriteLine("| images, channels, side | libtorch, ms (GFLOP/s) | F(2x2) ms | ratio | F(4x4) ms | ratio | chosen |");
        output.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var shape in Shapes)
            PrintShape(shape, rounds, output);
    }

    private static void PrintShape((int Images, int In, int Out, int Side) shape, int rounds, TextWriter output)
    {
        using var scope = NewDisposeScope();
        var input = functional.silu(randn(shape.Images, shape.In, shape.Side, shape.Side)).ToChannelsLast();
        var weight = randn(shape.Out, shape.In, 3, 3) / Real(Math.Sqrt(9 * shape.In));
        var ordered = weight.ToChannelsLast();
        using var small = new WinogradConvolution(WinogradTile.F2, weight, null);
        using var large = new WinogradConvolution(WinogradTile.F4, weight, null);
        var times = Time(rounds, () => functional.conv2d(input, ordered, null, [1, 1], [1, 1]), () => small.Convolve(input), () => large.Convolve(input));
        var chosen = ConvolutionChoice.Choose(ConvolutionMode.Auto, shape.In, shape.Out, shape.Side, shape.Side, doubles: false);
        var operations = 18.0 * shape.Images * shape.In * shape.Out * shape.Side * shape.Side;
        output.WriteLine(
            $"| {shape.Images} x {shape.In} -> {shape.Out}, {shape.Side} | {Median(times[0]):F2} ({operations / Median(times[0]) / 1e6:F0}) " +
            $"| {Median(times[1]):F2} | {Ratio(times[1], times[0])} | {Median(times[2]):F2} | {Ratio(times[2], times[0])} | {chosen?.ToString() ?? "direct"} |");
    }

    private static double[][] Time(int rounds, params Func<Tensor>[] calls)
    {
        var times = calls.Select(_ => new double[rounds]).ToArray();
        var order = new Random(1);
        for (var round = -1; round < rounds; round++)
        {
            var turns = Enumerable.Range(0, calls.Length).ToArray();
            order.Shuffle(turns);
            foreach (var call in turns)
            {
                calls[call]().Dispose();                         // warms the caches for this call
                var watch = Stopwatch.StartNew();
                calls[call]().Dispose();
                if (round >= 0)
                    times[call][round] = watch.Elapsed.TotalMilliseconds;
            }
        }

        return times;
    }

    private static string Ratio(double[] times, double[] peers)
    {
        var ratios = times.Zip(peers, (time, peer) => time / peer).Order().ToArray();
        return $"{ratios[ratios.Length / 2]:F3} [{ratios[ratios.Length / 4]:F3}, {ratios[ratios.Length * 3 / 4]:F3}]";
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);
}
