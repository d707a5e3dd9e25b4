using System.Reflection;
using LdmMl.Tests.Autoencoders;
using LdmMl.Tests.Scoring;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Perceptual;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Tests.Schemas;

public sealed class SchemaTests : IDisposable
{
    private readonly MLContext context = new(seed: 1);
    private readonly AutoencoderModel model = TestAutoencoders.Kl();
    private readonly Lazy<PerceptualModel> perceptual = new(PairRows.SmallModel);
    private readonly Lazy<LatentDiffusionModel> diffusion = new(() => SmallDiffusion.Create("labels"));

    private static readonly GenerateImagesOptions Generate = new() { OutputColumnName = "Generated", LatentColumnName = "Latents" };

    // One entry for each transform, and for each of its options that changes its columns. DecodeLatents is not here: its estimator's schema knows
    // that the input is a vector but not its size, so the size of the image is only known from the data.
    private static readonly Dictionary<string, Func<SchemaTests, (IEstimator<ITransformer> Estimator, IDataView Input)>> Cases = new()
    {
        ["ResizeImagesAntialiased"] = test => (test.Catalog.ResizeImagesAntialiased("Resized", 8, 12, "Image"), test.Rows),
        ["EncodeImages"] = test => (test.Catalog.EncodeImages("Latent", test.model, "Image"), test.Rows),
        ["ReconstructImages"] = test => (test.Catalog.ReconstructImages("Out", test.model, "Image"), test.Rows),
        ["ReconstructImages, in place"] = test => (test.Catalog.ReconstructImages("Image", test.model), test.Rows),
        ["ScoreImageQuality"] = test => (test.Catalog.ScoreImageQuality("Image", "Image"), test.Rows),
        ["ScorePerceptualDistance"] = test => (test.Catalog.ScorePerceptualDistance(
            test.perceptual.Value, PairRows.Options with { ReferenceColumnName = "Image", CandidateColumnName = "Image" }), test.Rows),
        ["InterpolateLatents"] = test => (test.Catalog.InterpolateLatents("Between", "Latent", "Latent"), test.Latents),
        ["GenerateImages"] = test => (test.Catalog.GenerateImages(test.diffusion.Value, Generate), test.Rows),
        ["GenerateImages, without seeds"] = test => (test.Catalog.GenerateImages(
            test.diffusion.Value, Generate with { SeedColumnName = "None", SeedOffset = 1, LabelColumnName = "Number" }), test.Rows),
        ["GenerateImages, labels as keys"] = test => (test.Catalog.GenerateImages("Generated", test.diffusion.Value, "Seed", "Key"), test.Keys),
        ["GenerateImages, from images"] = test => (test.Catalog.GenerateImages(
            test.diffusion.Value, Generate with { InitialImageColumnName = "Image", Settings = new() { Strength = 0.5 } }), test.Rows),
        ["LoadImageFiles"] = test => (test.Catalog.LoadImageFiles("Image", "Path"), test.context.Data.LoadFromEnumerable(new ImageRows.AnyRow[1])),
    };

    // The transforms that read a single column of a particular type.
    private static readonly Dictionary<string, Func<SchemaTests, string, IEstimator<ITransformer>>> Readers = new()
    {
        ["ResizeImagesAntialiased"] = (test, column) => test.Catalog.ResizeImagesAntialiased("Out", 8, 8, column),
        ["EncodeImages"] = (test, column) => test.Catalog.EncodeImages("Out", test.model, column),
        ["DecodeLatents"] = (test, column) => test.Catalog.DecodeLatents("Out", test.model, column),
        ["ReconstructImages"] = (test, column) => test.Catalog.ReconstructImages("Out", test.model, column),
        ["ScoreImageQuality, reference"] = (test, column) => test.Catalog.ScoreImageQuality(column, "Image"),
        ["ScoreImageQuality, candidate"] = (test, column) => test.Catalog.ScoreImageQuality("Image", column),
        ["LoadImageFiles"] = (test, column) => test.Catalog.LoadImageFiles("Out", column),
    };

    private TransformsCatalog Catalog => context.Transforms;

    private IDataView Rows => ImageRows.Load(context, 1);

    private IDataView Latents => Catalog.EncodeImages("Latent", model, "Image").Fit(Rows).Transform(Rows);

    private IDataView Keys => Catalog.Conversion.MapValueToKey("Key", "Number").Fit(Rows).Transform(Rows);

    public static TheoryData<string> Transforms() => [.. Cases.Keys];

    public static TheoryData<string> ImageTransforms() => [.. Readers.Keys];

    public void Dispose()
    {
        model.Dispose();
        if (perceptual.IsValueCreated)
            perceptual.Value.Dispose();
        if (diffusion.IsValueCreated)
            diffusion.Value.Dispose();
    }

    [Theory]
    [MemberData(nameof(Transforms))]
    public void An_estimator_declares_the_columns_of_its_transformer(string transform)
    {
        var (estimator, input) = Cases[transform](this);
        var promised = estimator.GetOutputSchema(ShapeOf(input.Schema));
        var given = ShapeOf(estimator.Fit(input).GetOutputSchema(input.Schema));
        Assert.Equal(Describe(given), Describe(promised));
    }

    [Theory]
    [MemberData(nameof(ImageTransforms))]
    public void A_missing_column_is_named_with_the_existing_ones(string transform) =>
        AssertRefused(
            Readers[transform](this, "Picture"), Rows,
            "There is no column 'Picture'; the input has 'Number', 'Seed', 'Image'." + (transform != "LoadImageFiles" ? "" :
                " If the model was trained in a chain that begins with files, use only the trained transformer: chain.LastTransformer."));

    [Theory]
    [MemberData(nameof(ImageTransforms))]
    public void A_column_of_the_wrong_type_is_refused_with_advice(string transform) =>
        AssertRefused(Readers[transform](this, "Number"), Rows, "Column 'Number' holds Int32; " + transform switch
        {
            "LoadImageFiles" => "text is needed.",
            "DecodeLatents" => "latents are needed: Vector<Single, C, H, W>, as EncodeImages makes them.",
            _ => "images are needed. LoadImageFiles loads them from paths; a property of type MLImage holds them in memory.",
        });

    [Fact]
    public void A_seed_column_of_the_wrong_type_is_refused_with_what_is_needed() => AssertRefused(
        context.Transforms.EncodeImages(model, new EncodeImagesOptions { OutputColumnName = "Out", InputColumnName = "Image", SeedColumnName = "Image" }), Rows,
        "Column 'Image' holds Image<16, 16>; seeds are needed, of type Int64 or Int32.");

    [Fact]
    public void Generated_columns_declare_their_size()
    {
        using var model = SmallDiffusion.Create("velocity, zero terminal SNR, oblong");
        var rows = ImageRows.Load(context, 1);
        GenerateImagesOptions options = new() { OutputColumnName = "Out", LatentColumnName = "Latent" };
        var own = context.Transforms.GenerateImages(model, options).Fit(rows).GetOutputSchema(rows.Schema);
        (var height, var width) = (model.Config.LatentHeight, model.Config.LatentWidth);
        Assert.Equal(($"Image {2 * height} {2 * width}", $"Vector<Single, 4, {height}, {width}>"), (Describe(own["Out"].Type), own["Latent"].Type.ToString()));
        var asked = context.Transforms.GenerateImages(model, options with { Settings = new() { Width = 8 } }).Fit(rows).GetOutputSchema(rows.Schema);
        Assert.Equal(($"Image {2 * height} 8", $"Vector<Single, 4, {height}, 4>"), (Describe(asked["Out"].Type), asked["Latent"].Type.ToString()));
        var given = context.Transforms.GenerateImages(model, options with { InitialImageColumnName = "Image", Settings = new() { Strength = 0.5 } })
            .Fit(rows).GetOutputSchema(rows.Schema);
        Assert.Equal(("Image 16 16", "Vector<Single, 4, 8, 8>"), (Describe(given["Out"].Type), given["Latent"].Type.ToString()));
    }

    [Fact]
    public void A_chain_propagates_its_schema_before_there_is_data()
    {
        var chain = context.Transforms.LoadImageFiles("Image", "Path")
            .Append(context.Transforms.ResizeImagesAntialiased("Image", 16, 16))
            .Append(context.Transforms.EncodeImages("Latent", model, "Image"))
            .Append(context.Transforms.DecodeLatents("Decoded", model, "Latent"))
            .Append(context.Transforms.ScoreImageQuality("Image", "Decoded"));
        var input = context.Data.LoadFromEnumerable(Array.Empty<ImageRows.AnyRow>()).Schema;
        var shape = chain.GetOutputSchema(ShapeOf(input));
        Assert.Equal(["Path", "Image", "Latent", "Decoded", "Psnr", "Ssim"], shape.Select(column => column.Name));
    }

    [Fact]
    public void A_column_whose_sides_are_not_multiples_is_refused_before_any_row()
    {
        var rows = ImageRows.Load(context, 1);
        var odd = context.Transforms.ResizeImagesAntialiased("Odd", 18, 16, "Image").Fit(rows).Transform(rows);
        const string Message = "Column 'Odd' holds images of 18x16; both sides must be multiples of 4. Use ResizeImagesAntialiased first, or set Sides to PadToMultiple.";
        AssertRefused(context.Transforms.EncodeImages("Out", model, "Odd"), odd, Message);
        AssertRefused(context.Transforms.ReconstructImages("Out", model, "Odd"), odd, Message);
    }

    [Fact]
    public void Padding_keeps_the_size_of_reconstructions_and_rounds_latents_up()
    {
        var rows = ImageRows.Load(context, 2);
        var odd = context.Transforms.ResizeImagesAntialiased("Odd", 18, 15, "Image").Fit(rows).Transform(rows);
        var encode = new EncodeImagesOptions { OutputColumnName = "Latent", InputColumnName = "Odd", Sides = ImageSides.PadToMultiple };
        var reconstruct = new ReconstructImagesOptions { OutputColumnName = "Out", InputColumnName = "Odd", Sides = ImageSides.PadToMultiple };
        var output = context.Transforms.EncodeImages(model, encode).Append(context.Transforms.ReconstructImages(model, reconstruct)).Fit(odd).Transform(odd);
        Assert.Equal("Vector<Single, 3, 4, 5>", output.Schema["Latent"].Type.ToString());
        Assert.All(ImageRows.Latents(output), latent => Assert.Equal(3 * 4 * 5, latent.Length));
        Assert.All(ImageRows.Pixels(output, "Out"), pixels => Assert.Equal(18 * 15 * 4, pixels!.Length));
    }

    [Fact]
    public void Options_out_of_range_are_refused_by_name()
    {
        var options = new ReconstructImagesOptions { OutputColumnName = "Out", InputColumnName = "Image" };
        Assert.Throws<OptionException>("BatchSize", () => context.Transforms.ReconstructImages(model, options with { BatchSize = 0 }));
        Assert.Throws<OptionException>("GpuDeviceId", () => context.Transforms.ReconstructImages(model, options with { GpuDeviceId = -1 }));
        Assert.Throws<OptionException>("OutputColumnName", () => context.Transforms.ReconstructImages(model, options with { OutputColumnName = "" }));
        Assert.Throws<OptionException>("ImageWidth", () => context.Transforms.ResizeImagesAntialiased("Out", 0, 8, "Image"));
    }

    [Fact]
    public void An_unusable_GPU_is_an_error_unless_the_CPU_may_be_used_instead()
    {
        var rows = ImageRows.Load(context, 1);
        var exception = Assert.Throws<InvalidOperationException>(() => context.Transforms.EncodeImages("Latent", model, "Image", gpuDeviceId: 99).Fit(rows));
        Assert.StartsWith("GPU 99 was requested, but ", exception.Message, StringComparison.Ordinal);
        Assert.EndsWith("Set FallbackToCpu to use the CPU in that case, or leave GpuDeviceId null.", exception.Message, StringComparison.Ordinal);
        Assert.Single(ImageRows.Latents(context.Transforms.EncodeImages("Latent", model, "Image", gpuDeviceId: 99, fallbackToCpu: true).Fit(rows).Transform(rows)));
        var fallback = new MLContext { GpuDeviceId = 99, FallbackToCpu = true };
        Assert.Single(ImageRows.Latents(fallback.Transforms.EncodeImages("Latent", model, "Image").Fit(rows).Transform(rows)));
    }

    private static IEnumerable<string> Describe(SchemaShape shape) => shape
        .Select(column => $"{column.Name} {column.Kind} {column.IsKey} {Describe(column.ItemType)}").Order(StringComparer.Ordinal);

    private static string Describe(DataViewType type) => type is ImageDataViewType image ? $"Image {image.Height} {image.Width}" : $"{type}";

    private static void AssertRefused<T>(IEstimator<T> estimator, IDataView input, string message)
        where T : class, ITransformer
    {
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => estimator.Fit(input)).Message);
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => estimator.GetOutputSchema(ShapeOf(input.Schema))).Message);
    }

    /// <summary>Internal in ML.NET, whose chains call it.</summary>
    internal static SchemaShape ShapeOf(DataViewSchema schema) =>
        (SchemaShape)typeof(SchemaShape).GetMethod("Create", BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)!.Invoke(null, [schema])!;
}
