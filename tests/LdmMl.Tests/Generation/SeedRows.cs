using LdmMl.Tests.Autoencoders;
using LdmMl.Torch.Generation;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Tests.Generation;

/// <summary>Input rows for generation, and their results.</summary>
internal static class SeedRows
{
    public const int Side = 16;   // side of the images of SmallDiffusion's models

    public static GenerateImagesOptions Options { get; } = new() { OutputColumnName = "Out", LatentColumnName = "Latent", BatchSize = 4 };

    /// <summary>Options with all inputs that a model of SmallDiffusion needs, with guidance if it is possible.</summary>
    public static GenerateImagesOptions OptionsOf(string kind) => Options with
    {
        LabelColumnName = kind == "labels" ? "Label" : null,
        ContextColumnName = kind == "context" ? "Tokens" : null,
        UnconditionalContextColumnName = kind == "context" ? "Nothing" : null,
        InitialImageColumnName = kind == "inpainting" ? "Image" : null,
        MaskColumnName = kind == "inpainting" ? "Mask" : null,
        Settings = new GenerationSettings { GuidanceScale = kind == "inpainting" ? 1 : 2 },
    };

    public static Row[] Create(int count) => [.. Enumerable.Range(0, count).Select(i => new Row
    {
        Number = i % 3,
        Seed = 1000 + (7 * i),
        Label = SmallLabels[i % 3],
        Image = ImageRows.Picture(i, Side, Side),
        Mask = Half(Side, Side),
        Tokens = Tokens(i),
        Nothing = Tokens(-1),
    })];

    public static string[] SmallLabels { get; } = [.. ((LabelConditioning)SmallDiffusion.Variants["labels"].Conditioning).Names];

    /// <summary>The image, and then the latent, of every row; null if they are missing.</summary>
    public static (byte[]?[] Images, float[][] Latents) Generate(
        LatentDiffusionModel model, Row[] rows, GenerateImagesOptions? options = null, MLContext? context = null)
    {
        context ??= new MLContext(seed: 1);
        var view = context.Data.LoadFromEnumerable(rows);
        using var transformer = context.Transforms.GenerateImages(model, options ?? Options).Fit(view);
        return Read(transformer.Transform(view));
    }

    public static (byte[]?[] Images, float[][] Latents) Read(IDataView output) => (ImageRows.Pixels(output, "Out"), ImageRows.Latents(output));

    /// <summary>A mask whose right half is white.</summary>
    public static MLImage Half(int width, int height)
    {
        var pixels = new byte[width * height * 4];
        for (var i = 0; i < width * height; i++)
            pixels.AsSpan(4 * i, 4).Fill(i % width < width / 2 ? (byte)0 : (byte)255);
        for (var i = 3; i < pixels.Length; i += 4)
            pixels[i] = 255;
        return MLImage.CreateFromPixels(width, height, MLPixelFormat.Rgba32, pixels);
    }

    private static float[] Tokens(int row) => [.. Enumerable.Range(0, 5 * SmallDiffusion.ContextDimension).Select(k => MathF.Sin(row + 0.3f * k))];

    internal sealed class Row
    {
        public int Number { get; set; }

        public long Seed { get; set; }

        public double MaybeSeed { get; set; } = double.NaN;

        public string Label { get; set; } = "";

        [ImageType(Side, Side)]
        public MLImage Image { get; set; } = null!;

        [ImageType(Side, Side)]
        public MLImage Mask { get; set; } = null!;

        [VectorType(5, SmallDiffusion.ContextDimension)]
        public float[] Tokens { get; set; } = [];

        [VectorType(5 * SmallDiffusion.ContextDimension)]
        public float[] Nothing { get; set; } = [];
    }

    internal sealed class Output
    {
        [ImageType(Side, Side)]
        public MLImage Out { get; set; } = null!;

        [VectorType(4, 8, 8)]
        public float[] Latent { get; set; } = [];
    }
}
