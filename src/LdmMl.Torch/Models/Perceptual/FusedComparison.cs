using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LdmMl.Torch.Kernels;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Perceptual;

/// <summary>The comparison of a layer on the CPU without gradients, straight from the trunk's memory.</summary>
internal static unsafe class FusedComparison
{
    private const int Chunk = 1 << 16;              // numbers; a part that one thread takes
    private const int SmallestShared = 1 << 18;     // numbers; less is done before another thread has woken

    public static bool Serves(Tensor features) =>
        features.device.type == TorchSharp.DeviceType.CPU && features[0].numel() * features.ElementSize <= int.MaxValue
        && features.dtype is ScalarType.Float32 or ScalarType.BFloat16;

    /// <summary>Compares activations [B, C, h, w]; one image's [1, C, h, w] with each of the other side.</summary>
    public static LayerDistance Measure(Tensor first, Tensor second, Tensor? head)
    {
        using var scope = NewDisposeScope();
        var (channels, height, width) = ((int)second.shape[1], second.shape[2], second.shape[3]);
        var weights = head is null ? ones(channels) : head.contiguous();
        var map = empty(second.shape[0], 1, height, width);
        var value = empty(second.shape[0], dtype: ScalarType.Float64);
        var rows = new Rows(Pointers(first), Pointers(second), (float*)Start(weights.bytes), channels, (float*)Start(map.bytes), checked((int)(height * width)));
        if (second.dtype == ScalarType.BFloat16)
            rows.Fill<BFloat16Format>();
        else
            rows.Fill<Float32Format>();
        rows.Average(MemoryMarshal.Cast<byte, double>(value.bytes));
        scope.MoveToOuter(map, value);
        return new(value, map);
    }

    // [B, C, h, w] in channels-last order -> where each image's [h, w, C] begins
    private static nint[] Pointers(Tensor features)
    {
        var rows = features.permute(0, 2, 3, 1).contiguous();
        var starts = new nint[rows.shape[0]];
        for (var row = 0; row < starts.Length; row++)
        {
            using var image = rows[row];
            starts[row] = (nint)Start(image.bytes);
        }

        return starts;
    }

    // Tensors do not move.
    private static void* Start(Span<byte> bytes) => Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes));

    /// <summary>The maps of a batch, divided among threads in parts that do not depend on how many rows or threads there are.</summary>
    private sealed class Rows(nint[] first, nint[] second, float* weights, int channels, float* map, int positions)
    {
        private readonly int step = Math.Max(1, Chunk / channels);

        public void Fill<TFormat>()
            where TFormat : struct, IFeatureFormat
        {
            var parts = (positions + step - 1) / step;
            if ((long)second.Length * positions * channels < SmallestShared || get_num_threads() == 1)
            {
                for (var part = 0; part < second.Length * parts; part++)
                    FillPart<TFormat>(part / parts, part % parts);
                return;
            }

            Parallel.For(0, second.Length * parts, new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() }, part => FillPart<TFormat>(part / parts, part % parts));
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

        private void FillPart<TFormat>(int row, int part)
            where TFormat : struct, IFeatureFormat
        {
            var start = part * step;
            var offset = (long)start * channels * TFormat.Size;
            var target = new Span<float>(map + ((long)row * positions) + start, Math.Min(step, positions - start));
            UnitVectorDistance.Fill<TFormat>((byte*)first[first.Length == 1 ? 0 : row] + offset, (byte*)second[row] + offset, weights, channels, target);
        }
    }
}
