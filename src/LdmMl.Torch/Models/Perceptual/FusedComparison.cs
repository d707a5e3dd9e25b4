using System.Runtime.InteropServices;
using LdmMl.Torch.Kernels;
using LdmMl.Torch.Kernels.ChannelsLast;
using LdmMl.Torch.Kernels.Threads;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Perceptual;

/// <summary>The comparison of a layer on the CPU without gradients, directly on the trunk's memory.</summary>
internal static unsafe class FusedComparison
{
    private const int SmallestShared = 1 << 18;     // elements; less is done before another thread wakes up

    public static bool Serves(Tensor features) =>
        features.device.type == DeviceType.CPU && features[0].numel() * features.ElementSize <= int.MaxValue
        && features.dtype is ScalarType.Float32 or ScalarType.BFloat16;

    /// <summary>Compares activations [B, C, h, w]; one image's [1, C, h, w] with each of the other side.</summary>
    public static LayerDistance Measure(Tensor first, Tensor second, Tensor? head)
    {
        using var scope = NewDisposeScope();
        var (channels, height, width) = ((int)second.shape[1], second.shape[2], second.shape[3]);
        var weights = head is null ? ones([channels], ScalarType.Float32, CPU) : head.contiguous();
        var pixelWise = second.dtype == ScalarType.BFloat16 || (first.IsChannelsLast() && second.IsChannelsLast());
        var map = empty([second.shape[0], 1, height, width], ScalarType.Float32, CPU);
        var value = empty(second.shape[0], dtype: ScalarType.Float64);
        var rows = new Rows(Pointers(first, pixelWise), Pointers(second, pixelWise), TensorPointer.OfFloats(weights), channels,
            TensorPointer.OfFloats(map), checked((int)(height * width)), Filler(second.dtype, pixelWise));
        rows.FillAll();
        rows.Average(MemoryMarshal.Cast<byte, double>(value.bytes));
        scope.MoveToOuter(map, value);
        return new(value, map);
    }

    // Compares a part of a map, starting at a position.
    private delegate void Fill(nint first, nint second, float* weights, int channels, int positions, int start, Span<float> map);

    private static Fill Filler(ScalarType format, bool pixelWise) => (format, pixelWise) switch
    {
        (ScalarType.BFloat16, _) => PixelWise<BFloat16Values>,
        (_, true) => PixelWise<Float32Values>,
        _ => (first, second, weights, channels, positions, start, map) =>
            PlanarUnitDistance.Fill((float*)first + start, (float*)second + start, weights, channels, positions, map),
    };

    private static void PixelWise<T>(nint first, nint second, float* weights, int channels, int positions, int start, Span<float> map)
        where T : struct, IValueFormat
    {
        var offset = (nint)start * channels * T.Size;
        PixelUnitDistance.Fill<T>((byte*)(first + offset), (byte*)(second + offset), weights, channels, map);
    }

    // The start of each image: [h, w, C] if channels-last, else [C, h, w].
    private static nint[] Pointers(Tensor features, bool pixelWise)
    {
        var ordered = pixelWise ? features.permute(0, 2, 3, 1).contiguous() : features.contiguous();
        var starts = new nint[ordered.shape[0]];
        for (var row = 0; row < starts.Length; row++)
        {
            using var image = ordered[row];
            starts[row] = (nint)TensorPointer.Of(image);
        }

        return starts;
    }

    /// <summary>The maps of a batch, split into parts for threads.</summary>
    private sealed class Rows(nint[] first, nint[] second, float* weights, int channels, float* map, int positions, Fill fill)
    {
        private readonly int parts = (positions + PlanarUnitDistance.MostPositions - 1) / PlanarUnitDistance.MostPositions;

        public void FillAll()
        {
            var work = new WorkList(second.Length * parts);
            OpenMpTeam.Run((long)second.Length * positions * channels < SmallestShared ? 1 : OpenMpTeam.Size, _ =>
            {
                while (work.TryTake(out var part))
                    FillPart(part);
            });
        }

        public void Average(Span<double> values)
        {
            for (var row = 0; row < values.Length; row++)
            {
                var sum = 0.0;
                foreach (var distance in new ReadOnlySpan<float>(map + ((long)row * positions), positions))
                    sum += distance;
                values[row] = sum / positions;
            }
        }

        private void FillPart(int index)
        {
            var (row, start) = (index / parts, index % parts * PlanarUnitDistance.MostPositions);
            var (a, b) = (first[first.Length == 1 ? 0 : row], second[row]);
            var target = new Span<float>(map + ((long)row * positions) + start, Math.Min(PlanarUnitDistance.MostPositions, positions - start));
            fill(a, b, weights, channels, positions, start, target);
        }
    }
}
