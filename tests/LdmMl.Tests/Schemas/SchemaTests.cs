using System.Reflection;
using LdmMl.Tests.Autoencoders;
using LdmMl.Tests.Scoring;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Tests.Generation;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Tests.Schemas;

public sealed class SchemaTests : IDisposable
{
    private readonly MLContext _context = new(seed: 1);
    private readonly AutoencoderModel _model = TestAutoencoders.Kl();

    public void Dispose() => _model.Dispose();

    [Fact]
    public void Estimators_promise_what_transformers_give()
    {
        IDataView rows = ImageRows.Load(_context, 1);
        AssertPromise(_context.Transforms.ResizeImagesAntialiased("Resized", "Image", 8, 12), rows);
        AssertPromise(_context.Transforms.EncodeImages("Latent", "Image", _model), rows);
        AssertPromise(_context.Transforms.ReconstructImages("Out", "Image", _model), rows);
        AssertPromise(_context.Transforms.ScoreImageQuality("Image", "Image"), rows);
        using PerceptualModel perceptual = PairRows.SmallModel();
        AssertPromise(_context.Transforms.ScorePerceptualDistance(
            perceptual, PairRows.Options with { ReferenceColumnName = "Image", CandidateColumnName = "Image" }), rows);
        AssertPromise(_context.Transforms.ReconstructImages("Image", null, _model), rows);
        IDataView latents = _context.Transforms.EncodeImages("Latent", "Image", _model).Fit(rows).Transform(rows);
        AssertPromise(_context.Transforms.InterpolateLatents("Between", "Latent", "Latent"), latents);
        using LatentDiffusionModel diffusion = SmallDiffusion.Create("labels");
        GenerateImagesOptions generate = new() { OutputColumnName = "Generated", LatentColumnName = "Latents" };
        AssertPromise(_context.Transforms.GenerateImages(diffusion, generate), rows);
        AssertPromise(_context.Transforms.GenerateImages(diffusion, generate with { SeedColumnName = "None", SeedOffset = 1, LabelColumnName = "Number" }), rows);
        AssertPromise(_context.Transforms.GenerateImages("Generated", diffusion, "Seed", "Key"), _context.Transforms.Conversion.MapValueToKey("Key", "Number").Fit(rows).Transform(rows));
        AssertPromise(
            _context.Transforms.GenerateImages(diffusion, generate with { InitialImageColumnName = "Image", Settings = new() { Strength = 0.5 } }), rows);
        AssertPromise(_context.Transforms.LoadImageFiles("Image", "Path"), _context.Data.LoadFromEnumerable(new ImageRows.AnyRow[1]));
    }

    [Fact]
    public void Generated_columns_say_their_size()
    {
        using LatentDiffusionModel model = SmallDiffusion.Create("velocity, zero terminal SNR, oblong");
        IDataView rows = ImageRows.Load(_context, 1);
        GenerateImagesOptions options = new() { OutputColumnName = "Out", LatentColumnName = "Latent" };
        DataViewSchema own = _context.Transforms.GenerateImages(model, options).Fit(rows).GetOutputSchema(rows.Schema);
        (int height, int width) = (model.Config.LatentHeight, model.Config.LatentWidth);
        Assert.Equal(($"Image {2 * height} {2 * width}", $"Vector<Single, 4, {height}, {width}>"), (Describe(own["Out"].Type), own["Latent"].Type.ToString()));
        DataViewSchema asked = _context.Transforms.GenerateImages(model, options with { Settings = new() { Width = 8 } }).Fit(rows).GetOutputSchema(rows.Schema);
        Assert.Equal(($"Image {2 * height} 8", $"Vector<Single, 4, {height}, 4>"), (Describe(asked["Out"].Type), asked["Latent"].Type.ToString()));
        DataViewSchema given = _context.Transforms.GenerateImages(model, options with { InitialImageColumnName = "Image", Settings = new() { Strength = 0.5 } })
            .Fit(rows).GetOutputSchema(rows.Schema);
        Assert.Equal(("Image 16 16", "Vector<Single, 4, 8, 8>"), (Describe(given["Out"].Type), given["Latent"].Type.ToString()));
    }

    [Fact]
    public void A_chain_passes_its_schema_on_before_there_is_data()
    {
        var chain = _context.Transforms.LoadImageFiles("Image", "Path")
            .Append(_context.Transforms.ResizeImagesAntialiased("Image", "Image", 16, 16))
            .Append(_context.Transforms.EncodeImages("Latent", "Image", _model))
            .Append(_context.Transforms.DecodeLatents("Decoded", "Latent", _model))
            .Append(_context.Transforms.ScoreImageQuality("Image", "Decoded"));
        DataViewSchema input = _context.Data.LoadFromEnumerable(Array.Empty<ImageRows.AnyRow>()).Schema;
        SchemaShape shape = chain.GetOutputSchema(ShapeOf(input));
        Assert.Equal(["Path", "Image", "Latent", "Decoded", "Psnr", "Ssim"], shape.Select(column => column.Name));
    }

    [Fact]
    public void A_column_that_is_missing_is_named_with_those_that_are_there()
    {
        IDataView rows = ImageRows.Load(_context, 1);
        const string Message = "There is no column 'Picture'; the input has 'Number', 'Seed', 'Image'.";
        AssertRefused(_context.Transforms.ResizeImagesAntialiased("Out", "Picture", 8, 8), rows, Message);
        AssertRefused(_context.Transforms.EncodeImages("Out", "Picture", _model), rows, Message);
        AssertRefused(_context.Transforms.DecodeLatents("Out", "Picture", _model), rows, Message);
        AssertRefused(_context.Transforms.ReconstructImages("Out", "Picture", _model), rows, Message);
        AssertRefused(_context.Transforms.ScoreImageQuality("Picture", "Image"), rows, Message);
        AssertRefused(_context.Transforms.LoadImageFiles("Out", "Picture"), rows, Message);
    }

    [Fact]
    public void A_column_of_another_type_is_refused_with_what_to_do()
    {
        IDataView rows = ImageRows.Load(_context, 1);
        const string Images = "Column 'Number' holds Int32; images are needed. LoadImageFiles makes them from paths; a property of type MLImage holds them in memory.";
        AssertRefused(_context.Transforms.ResizeImagesAntialiased("Out", "Number", 8, 8), rows, Images);
        AssertRefused(_context.Transforms.EncodeImages("Out", "Number", _model), rows, Images);
        AssertRefused(_context.Transforms.ReconstructImages("Out", "Number", _model), rows, Images);
        AssertRefused(_context.Transforms.ScoreImageQuality("Image", "Number"), rows, Images);
        AssertRefused(_context.Transforms.LoadImageFiles("Out", "Number"), rows, "Column 'Number' holds Int32; text is needed.");
        AssertRefused(
            _context.Transforms.DecodeLatents("Out", "Number", _model), rows,
            "Column 'Number' holds Int32; latents are needed: Vector<Single, C, H, W>, as EncodeImages makes them.");
        AssertRefused(
            _context.Transforms.EncodeImages(_model, new EncodeImagesOptions { OutputColumnName = "Out", InputColumnName = "Image", SeedColumnName = "Number" }), rows,
            "Column 'Number' holds Int32; seeds are needed, of type Int64.");
    }

    [Fact]
    public void A_column_whose_sides_are_no_multiples_is_refused_before_any_row()
    {
        IDataView rows = ImageRows.Load(_context, 1);
        IDataView odd = _context.Transforms.ResizeImagesAntialiased("Odd", "Image", 18, 16).Fit(rows).Transform(rows);
        const string Message = "Column 'Odd' holds images of 18x16; both sides must be multiples of 4. Put ResizeImagesAntialiased before, or set Sides to PadToMultiple.";
        AssertRefused(_context.Transforms.EncodeImages("Out", "Odd", _model), odd, Message);
        AssertRefused(_context.Transforms.ReconstructImages("Out", "Odd", _model), odd, Message);
    }

    [Fact]
    public void Padding_keeps_the_size_of_reconstructions_and_rounds_latents_up()
    {
        IDataView rows = ImageRows.Load(_context, 2);
        IDataView odd = _context.Transforms.ResizeImagesAntialiased("Odd", "Image", 18, 15).Fit(rows).Transform(rows);
        var encode = new EncodeImagesOptions { OutputColumnName = "Latent", InputColumnName = "Odd", Sides = ImageSides.PadToMultiple };
        var reconstruct = new ReconstructImagesOptions { OutputColumnName = "Out", InputColumnName = "Odd", Sides = ImageSides.PadToMultiple };
        IDataView output = _context.Transforms.EncodeImages(_model, encode).Append(_context.Transforms.ReconstructImages(_model, reconstruct)).Fit(odd).Transform(odd);
        Assert.Equal("Vector<Single, 3, 4, 5>", output.Schema["Latent"].Type.ToString());
        Assert.All(ImageRows.Latents(output), latent => Assert.Equal(3 * 4 * 5, latent.Length));
        Assert.All(ImageRows.Pixels(output, "Out"), pixels => Assert.Equal(18 * 15 * 4, pixels!.Length));
    }

    [Fact]
    public void Options_out_of_range_are_refused_by_name()
    {
        var options = new ReconstructImagesOptions { OutputColumnName = "Out", InputColumnName = "Image" };
        Assert.Throws<ArgumentOutOfRangeException>("BatchSize", () => _context.Transforms.ReconstructImages(_model, options with { BatchSize = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>("GpuDeviceId", () => _context.Transforms.ReconstructImages(_model, options with { GpuDeviceId = -1 }));
        Assert.Throws<ArgumentException>("OutputColumnName", () => _context.Transforms.ReconstructImages(_model, options with { OutputColumnName = "" }));
        Assert.Throws<ArgumentOutOfRangeException>("Width", () => _context.Transforms.ResizeImagesAntialiased("Out", "Image", 0, 8));
    }

    [Fact]
    public void A_gpu_that_cannot_be_used_is_an_error_unless_the_cpu_may_take_over()
    {
        IDataView rows = ImageRows.Load(_context, 1);
        var exception = Assert.Throws<InvalidOperationException>(() => _context.Transforms.EncodeImages("Latent", "Image", _model, gpuDeviceId: 99).Fit(rows));
        Assert.StartsWith("GPU 99 was asked for, and ", exception.Message, StringComparison.Ordinal);
        Assert.EndsWith("Set FallbackToCpu to compute on the CPU then, or leave GpuDeviceId null.", exception.Message, StringComparison.Ordinal);
        Assert.Single(ImageRows.Latents(_context.Transforms.EncodeImages("Latent", "Image", _model, gpuDeviceId: 99, fallbackToCpu: true).Fit(rows).Transform(rows)));
        var fallback = new MLContext { GpuDeviceId = 99, FallbackToCpu = true };
        Assert.Single(ImageRows.Latents(fallback.Transforms.EncodeImages("Latent", "Image", _model).Fit(rows).Transform(rows)));
    }

    private static void AssertPromise<T>(IEstimator<T> estimator, IDataView input)
        where T : class, ITransformer
    {
        SchemaShape promised = estimator.GetOutputSchema(ShapeOf(input.Schema));
        SchemaShape given = ShapeOf(estimator.Fit(input).GetOutputSchema(input.Schema));
        Assert.Equal(Describe(given), Describe(promised));
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
    internal static SchemaShape ShapeOf(DataViewSchema schema)
        => (SchemaShape)typeof(SchemaShape).GetMethod("Create", BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)!.Invoke(null, [schema])!;
}
