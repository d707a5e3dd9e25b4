using System.Diagnostics;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>
/// What a row costs around the model call: EncodeImages over 4,000 images of 64x64 in memory, less the time of the same model calls on tensors
/// that lie ready. The model is the smallest tiny autoencoder, so that the difference is not lost in its time.
/// </summary>
internal static class RowPlumbing
{
    private const int Rows = 4000, Side = 64, Batch = 16;

    /// <summary>Measures, best of several passes.</summary>
    /// <returns>Microseconds a row: through the pipeline, and by bare calls.</returns>
    public static (double Pipeline, double Bare) Measure(int passes)
    {
        using var model = AutoencoderModel.Create(new TinyAutoencoderConfig { Width = 8 }, seed: 1);
        var context = new MLContext(seed: 1);
        using var image = MLImage.CreateFromPixels(Side, Side, MLPixelFormat.Rgba32, Pixels());
        var row = new Row { Image = image };
        var data = context.Data.LoadFromEnumerable(Enumerable.Repeat(row, Rows));
        var encoded = context.Transforms.EncodeImages(model, new EncodeImagesOptions { OutputColumnName = "Latent", InputColumnName = "Image", BatchSize = Batch }).Fit(data).Transform(data);

        double pipeline = double.MaxValue, bare = double.MaxValue;
        for (var pass = 0; pass < passes; pass++)
        {
            pipeline = Math.Min(pipeline, Time(() => Read(encoded)));
            bare = Math.Min(bare, Time(() => Call(model)));
        }
        return (pipeline / Rows, bare / Rows);
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

    private static void Call(AutoencoderModel model)
    {
        using var images = ones(Batch, 3, Side, Side);
        for (var batch = 0; batch < Rows / Batch; batch++)
            model.Encode(images).Dispose();
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
