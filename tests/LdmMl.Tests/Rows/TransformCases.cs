using LdmMl.Testing;
using LdmMl.Tests.Autoencoders;
using LdmMl.Tests.Generation;
using LdmMl.Tests.Scoring;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Models.Text;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Tests.Rows;

/// <summary>Every transform, fitted, with rows to read, for properties that all of them have.</summary>
internal sealed class TransformCases : IDisposable
{
    private static readonly string[] Files = [.. Directory.GetFiles(Path.Combine(RealData.Repository, "examples", "data", "emoji"), "*.png").Order(StringComparer.Ordinal)];

    private readonly AutoencoderModel autoencoder = TestAutoencoders.Kl();
    private readonly PerceptualModel perceptual = PairRows.SmallModel();
    private readonly LatentDiffusionModel diffusion = SmallDiffusion.Create("labels");
    private readonly Lazy<TextEncoderModel> text = new(() => TextEncoderModel.Load(
        Path.Combine(RealData.Repository, "tests", "LdmMl.Torch.Tests", "Goldens", "sd-pipelines", "p01_sd1_txt2img")));

    private readonly List<IDisposable> fitted = [];
    private readonly TransformsCatalog transforms;

    public TransformCases(MLContext context) => (Context, transforms) = (context, context.Transforms);

    public static TheoryData<string> Names =>
        ["LoadImageFiles", "ResizeImages", "EncodeImages", "DecodeLatents", "ReconstructImages", "InterpolateLatents", "ScoreImageQuality",
         "ScorePerceptualDistance", "GenerateImages", "EncodeText"];

    public MLContext Context { get; }

    /// <summary>Creates rows that all transforms can read; one of them lacks its image and its label.</summary>
    public static Row[] CreateRows(int count) => [.. Enumerable.Range(0, count).Select(i => new Row
    {
        Number = i,
        Seed = 100 + i,
        Path = i == 2 ? "" : Files[i],
        Label = i == 2 ? "" : SeedRows.SmallLabels[i % 3],
        Image = i == 2 ? null! : ImageRows.Picture(i, ImageRows.Side, ImageRows.Side),
        Other = ImageRows.Picture(i + 50, ImageRows.Side, ImageRows.Side),
        Latent = [.. Enumerable.Range(0, 48).Select(k => i == 3 ? float.NaN : MathF.Sin(i + 0.3f * k))],
        Second = [.. Enumerable.Range(0, 48).Select(k => MathF.Cos(i - 0.7f * k))],
    })];

    public IDataView Load(Row[] rows) => Context.Data.LoadFromEnumerable(rows);

    /// <summary>Fits a transform. Batches are small, so that the rows need several of them.</summary>
    public ITransformer Fit(string name, IDataView rows, CancellationToken token = default)
    {
        var transformer = Estimator(name, token).Fit(rows);
        fitted.Add((IDisposable)transformer);
        return transformer;
    }

    /// <summary>The columns that a transformer appends.</summary>
    public static string[] Appended(ITransformer transformer, IDataView rows) =>
        [.. transformer.GetOutputSchema(rows.Schema).Skip(rows.Schema.Count).Select(column => column.Name)];

    public void Dispose()
    {
        fitted.ForEach(transformer => transformer.Dispose());
        autoencoder.Dispose();
        perceptual.Dispose();
        diffusion.Dispose();
        if (text.IsValueCreated)
            text.Value.Dispose();
    }

    private IEstimator<ITransformer> Estimator(string name, CancellationToken token) => name switch
    {
        "LoadImageFiles" => transforms.LoadImageFiles(new LoadImageFilesOptions
        {
            OutputColumnName = "Out", InputColumnName = "Path", Errors = ImageFileErrors.Missing, CancellationToken = token,
        }),
        "ResizeImages" => transforms.ResizeImagesAntialiased(new ResizeImagesOptions
        {
            OutputColumnName = "Out", InputColumnName = "Image", ImageWidth = 5, ImageHeight = 4, CancellationToken = token,
        }),
        "EncodeImages" => transforms.EncodeImages(autoencoder, new EncodeImagesOptions
        {
            OutputColumnName = "Out", InputColumnName = "Image", SeedColumnName = "Seed", BatchSize = 3, CancellationToken = token,
        }),
        "DecodeLatents" => transforms.DecodeLatents(autoencoder, new DecodeLatentsOptions
        {
            OutputColumnName = "Out", InputColumnName = "Latent", BatchSize = 3, CancellationToken = token,
        }),
        "ReconstructImages" => transforms.ReconstructImages(autoencoder, new ReconstructImagesOptions
        {
            OutputColumnName = "Out", InputColumnName = "Image", BatchSize = 3, CancellationToken = token,
        }),
        "InterpolateLatents" => transforms.InterpolateLatents(new InterpolateLatentsOptions
        {
            OutputColumnName = "Out", FirstColumnName = "Latent", SecondColumnName = "Second", Fraction = 0.3, CancellationToken = token,
        }),
        "ScoreImageQuality" => transforms.ScoreImageQuality(
            new ScoreImageQualityOptions { ReferenceColumnName = "Image", CandidateColumnName = "Other", CancellationToken = token }),
        "ScorePerceptualDistance" => transforms.ScorePerceptualDistance(perceptual, new ScorePerceptualDistanceOptions
        {
            ReferenceColumnName = "Image", CandidateColumnName = "Other", LayersColumnName = "Layers", MapColumnName = "Map", BatchSize = 3,
            CancellationToken = token,
        }),
        "GenerateImages" => transforms.GenerateImages(diffusion, new GenerateImagesOptions
        {
            OutputColumnName = "Out", LatentColumnName = "OutLatent", LabelColumnName = "Label", BatchSize = 3, CancellationToken = token,
            Settings = new GenerationSettings { GuidanceScale = 2 },
        }),
        "EncodeText" => transforms.EncodeText(text.Value, new EncodeTextOptions
        {
            OutputColumnName = "Out", InputColumnName = "Label", PooledColumnName = "OutPooled", BatchSize = 3, CancellationToken = token,
        }),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "There is no such case."),
    };

    internal sealed class Row
    {
        public int Number { get; set; }

        public long Seed { get; set; }

        public string Path { get; set; } = "";

        public string Label { get; set; } = "";

        [ImageType(ImageRows.Side, ImageRows.Side)]
        public MLImage Image { get; set; } = null!;

        [ImageType(ImageRows.Side, ImageRows.Side)]
        public MLImage Other { get; set; } = null!;

        [VectorType(3, 4, 4)]
        public float[] Latent { get; set; } = [];

        [VectorType(3, 4, 4)]
        public float[] Second { get; set; } = [];
    }
}
