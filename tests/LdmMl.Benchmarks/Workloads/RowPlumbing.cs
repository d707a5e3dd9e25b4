using System.Diagnostics;
using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>The cost of a row around the model call: 4,000 images of 64x64 in memory through a transform whose model call does nothing.</summary>
internal static class RowPlumbing
{
    private const int Rows = 4000, Side = 64, Batch = 16;

    /// <summary>Measures several passes.</summary>
    /// <returns>Microseconds per row, the median of the passes.</returns>
    public static double Measure(int passes, bool prefetch)
    {
        using var model = AutoencoderModel.Create(new TinyAutoencoderConfig { Width = 8 }, seed: 1);
        var context = new MLContext(seed: 1);
        using var image = MLImage.CreateFromPixels(Side, Side, MLPixelFormat.Rgba32, Pixels());
        var row = new Row { Image = image };
        var data = context.Data.LoadFromEnumerable(Enumerable.Repeat(row, Rows));
        using var transformer = new NoOpTransformer(context, model, Batch, prefetch);
        var encoded = transformer.Transform(data);

        Read(encoded);
        var times = Enumerable.Range(0, passes).Select(_ => Time(() => Read(encoded)) / Rows).Order().ToArray();
        return times[passes / 2];
    }

    private static byte[] Pixels() => [.. Enumerable.Range(0, Side * Side * 4).Select(at => at % 4 == 3 ? (byte)255 : (byte)(at * 7))];

    private static void Read(IDataView view)
    {
        using var cursor = view.GetRowCursor([view.Schema["Latent"]]);
        var getter = cursor.GetGetter<VBuffer<float>>(view.Schema["Latent"]);
        VBuffer<float> latent = default;
        while (cursor.MoveNext())
            getter(ref latent);
    }

    private static double Time(Action action)
    {
        var watch = Stopwatch.StartNew();
        action();
        return watch.Elapsed.TotalMicroseconds;
    }

    private sealed class Row
    {
        [Microsoft.ML.Transforms.Image.ImageType(Side, Side)]
        public MLImage Image { get; set; } = null!;
    }
}
