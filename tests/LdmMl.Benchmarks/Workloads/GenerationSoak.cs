using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.UNets;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using TorchSharp;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>
/// Generates many rows through the column, and watches the memory: a tiny model with labels and guidance, four steps of DDIM with fresh
/// noise, 16 rows per batch, each row painting half of an image of 16x16 pixels; images and latents as output.
/// </summary>
internal static class GenerationSoak
{
    private const int Side = 16;
    private static readonly string[] Labels = ["cat", "dog", ""];

    public static IEnumerable<(int Rows, double ResidentMegabytes, long LiveTensors)> Run(int rows, int looks)
    {
        var context = new MLContext();
        MLImage[] images = [.. Enumerable.Range(0, 8).Select(Picture)];
        using var mask = Mask();
        var data = context.Data.LoadFromEnumerable(Enumerable.Range(0, rows).Select(
            row => new Row { Seed = row, Label = Labels[row % Labels.Length], Image = images[row % images.Length], Mask = mask }));
        using var model = Model();
        using var generate = context.Transforms.GenerateImages(model, new GenerateImagesOptions
        {
            OutputColumnName = "Out", LatentColumnName = "Latent", LabelColumnName = "Label", InitialImageColumnName = "Image", MaskColumnName = "Mask",
            Settings = new GenerationSettings { Sampling = new SamplingSettings { Sampler = new DdimSampler { Eta = 0.5 }, Steps = 4 }, GuidanceScale = 2 },
        }).Fit(data);
        foreach (var done in Read(generate.Transform(data)))
        {
            if ((long)done * looks / rows != (long)(done - 1) * looks / rows)
                yield return (done, Environment.WorkingSet / 1e6, torch.Tensor.TotalCount);
        }
    }

    private static IEnumerable<int> Read(IDataView view)
    {
        using var cursor = view.GetRowCursor(view.Schema.Where(column => column.Name is "Out" or "Latent"));
        var images = cursor.GetGetter<MLImage>(view.Schema["Out"]);
        var latents = cursor.GetGetter<VBuffer<float>>(view.Schema["Latent"]);
        (MLImage image, VBuffer<float> latent) = (null!, default);
        for (var done = 1; cursor.MoveNext(); done++)
        {
            images(ref image);
            latents(ref latent);
            yield return done;
        }
    }

    private static LatentDiffusionModel Model()
    {
        using var first = AutoencoderModel.Create(new KlAutoencoderConfig
        {
            BaseChannels = 8, ChannelMultipliers = [1, 1], LatentChannels = 4, ResidualBlocks = 1, NormGroups = 4, MiddleAttention = false,
        }, seed: 1);
        return LatentDiffusionModel.Create(first, new LatentDiffusionConfig
        {
            UNet = new UNetConfig
            {
                InputChannels = 4, OutputChannels = 4, BaseChannels = 16, ChannelMultipliers = [1, 2], ResidualBlocks = 1, AttentionFactors = [2],
                Heads = 2, NormGroups = 8, LabelCount = 3,
            },
            Conditioning = new LabelConditioning { Count = 2, Names = ["cat", "dog"], HasNullLabel = true },
            LatentHeight = Side / 2,
            LatentWidth = Side / 2,
        }, seed: 2);
    }

    private static MLImage Picture(int seed)
    {
        var pixels = new byte[4 * Side * Side];
        new Random(seed).NextBytes(pixels);
        return MLImage.CreateFromPixels(Side, Side, MLPixelFormat.Rgba32, pixels);
    }

    /// <summary>The right half is white.</summary>
    private static MLImage Mask()
    {
        byte[] pixels = [.. Enumerable.Range(0, 4 * Side * Side).Select(at => at % 4 == 3 || at / 4 % Side >= Side / 2 ? byte.MaxValue : (byte)0)];
        return MLImage.CreateFromPixels(Side, Side, MLPixelFormat.Rgba32, pixels);
    }

    private sealed class Row
    {
        public long Seed { get; set; }

        public string Label { get; set; } = "";

        [ImageType(Side, Side)]
        public MLImage Image { get; set; } = null!;

        [ImageType(Side, Side)]
        public MLImage Mask { get; set; } = null!;
    }
}
