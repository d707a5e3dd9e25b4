using LdmMl.Benchmarks.Measuring;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Native;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>The kl-f8 decode of two latents: through DecodeLatents, with a column of images at the end, or by two model calls.</summary>
internal sealed class DecodePipeline : IWorkload
{
    private const int Rows = 2, Channels = 4, Side = 32;

    private readonly AutoencoderModel model;
    private readonly MLContext context = new(seed: 1);
    private readonly IDataView? decoded;
    private readonly Tensor latents;

    public DecodePipeline(bool throughPipeline)
    {
        TorchRuntime.KeepFreedMemory();
        model = AutoencoderModel.Create(KlAutoencoderConfig.KlF8, seed: 1);
        using var generator = new Generator(3, CPU);
        latents = randn([Rows, Channels, Side, Side], generator: generator);
        if (!throughPipeline)
            return;
        var rows = Enumerable.Range(0, Rows).Select(row => new Row { Latent = latents[row].data<float>().ToArray() }).ToArray();
        var data = context.Data.LoadFromEnumerable(rows);
        decoded = context.Transforms.DecodeLatents(model, new DecodeLatentsOptions { OutputColumnName = "Image", InputColumnName = "Latent", BatchSize = 1 }).Fit(data).Transform(data);
    }

    public void Run()
    {
        if (decoded is null)
            CallModel();
        else
            ReadColumn(decoded);
    }

    public void Dispose()
    {
        model.Dispose();
        latents.Dispose();
    }

    private void CallModel()
    {
        for (var row = 0; row < Rows; row++)
        {
            using var one = latents.narrow(0, row, 1);
            model.Decode(one).Dispose();
        }
    }

    private static void ReadColumn(IDataView view)
    {
        using var cursor = view.GetRowCursor([view.Schema["Image"]]);
        var getter = cursor.GetGetter<MLImage>(view.Schema["Image"]);
        MLImage image = null!;
        while (cursor.MoveNext())
            getter(ref image);
        image.Dispose();
    }

    private sealed class Row
    {
        [VectorType(Channels, Side, Side)]
        public float[] Latent { get; set; } = [];
    }
}
