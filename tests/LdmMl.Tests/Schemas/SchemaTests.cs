using System.Reflection;
using LdmMl.Tests.Autoencoders;
using LdmMl.Tests.Scoring;
using LdmMl.Torch.Arguments;
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
    private readonly MLContext context = new(seed: 1);
    private readonly AutoencoderModel model = TestAutoencoders.Kl();

    public void Dispose() => model.Dispose();

    [Fact]
    public void Estimators_promise_what_transformers_give()
    {
        var rows = ImageRows.Load(context, 1);
        AssertPromise(context.Transforms.ResizeImagesAntialiased("Resized", 8, 12, "Image"), rows);
        AssertPromise(context.Transforms.EncodeImages("Latent", model, "Image"), rows);
        AssertPromise(context.Transforms.ReconstructImages("Out", model, "Image"), rows);
        AssertPromise(context.Transforms.ScoreImageQuality("Image", "Image"), rows);
        using PerceptualModel perceptual = PairRows.SmallModel();
        AssertPromise(context.Transforms.ScorePerceptualDistance(
            perceptual, PairRows.Options with { ReferenceColumnName = "Image", CandidateColumnName = "Image" }), rows);
        AssertPromise(context.Transforms.ReconstructImages("Image", model), rows);
        var latents = context.Transforms.EncodeImages("Latent", model, "Image").Fit(rows).Transform(rows);
        AssertPromise(context.Transforms.InterpolateLatents("Between", "Latent", "Latent"), latents);
        using var diffusion = SmallDiffusion.Create("labels");
        GenerateImagesOptions generate = new() { OutputColumnName = "Generated", LatentColumnName = "Latents" };
        AssertPromise(context.Transforms.GenerateImages(diffusion, generate), rows);
        AssertPromise(context.Transforms.GenerateImages(diffusion, generate with { SeedColumnName = "None", SeedOffset = 1, LabelColumnName = "Number" }), rows);
        AssertPromise(context.Transforms.GenerateImages("Generated", diffusion, "Seed", "Key"), context.Transforms.Conversion.MapValueToKey("Key", "Number").Fit(rows).Transform(rows));
        AssertPromise(
            context.Transforms.GenerateImages(diffusion, generate with { InitialImageColumnName = "Image", Settings = new() { Strength = 0.5 } }), rows);
        AssertPromise(context.Transforms.LoadImageFiles("Image", "Path"), context.Data.LoadFromEnumerable(new ImageRows.AnyRow[1]));
    }

    [Fact]
    public void Generated_columns_say_their_size()
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
    public void A_chain_passes_its_schema_on_before_there_is_data()
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
    public void A_column_that_is_missing_is_named_with_those_that_are_there()
    {
        var rows = ImageRows.Load(context, 1);
        const string Message = "There is no column 'Picture'; the input has 'Number', 'Seed', 'Image'.";
        AssertRefused(context.Transforms.ResizeImagesAntialiased("Out", 8, 8, "Picture"), rows, Message);
        AssertRefused(context.Transforms.EncodeImages("Out", model, "Picture"), rows, Message);
        AssertRefused(context.Transforms.DecodeLatents("Out", model, "Picture"), rows, Message);
        AssertRefused(context.Transforms.ReconstructImages("Out", model, "Picture"), rows, Message);
        AssertRefused(context.Transforms.ScoreImageQuality("Picture", "Image"), rows, Message);
        AssertRefused(context.Transforms.LoadImageFiles("Out", "Picture"), rows, Message);
    }

    [Fact]
    public void A_column_of_another_type_is_refused_with_what_to_do()
    {
        var rows = ImageRows.Load(context, 1);
        const string Images = "Column 'Number' holds Int32; images are needed. LoadImageFiles makes them from paths; a property of type MLImage holds them in memory.";
        AssertRefused(context.Transforms.ResizeImagesAntialiased("Out", 8, 8, "Number"), rows, Images);
        AssertRefused(context.Transforms.EncodeImages("Out", model, "Number"), rows, Images);
        AssertRefused(context.Transforms.ReconstructImages("Out", model, "Number"), rows, Images);
        AssertRefused(context.Transforms.ScoreImageQuality("Image", "Number"), rows, Images);
        AssertRefused(context.Transforms.LoadImageFiles("Out", "Number"), rows, "Column 'Number' holds Int32; text is needed.");
        AssertRefused(
            context.Transforms.DecodeLatents("Out", model, "Number"), rows,
            "Column 'Number' holds Int32; latents are needed: Vector<Single, C, H, W>, as EncodeImages makes them.");
        AssertRefused(
            context.Transforms.EncodeImages(model, new EncodeImagesOptions { OutputColumnName = "Out", InputColumnName = "Image", SeedColumnName = "Image" }), rows,
            "Column 'Image' holds Image<16, 16>; seeds are needed, of type Int64 or Int32.");
    }

    [Fact]
    public void A_column_whose_sides_are_no_multiples_is_refused_before_any_row()
    {
        var rows = ImageRows.Load(context, 1);
        var odd = context.Transforms.ResizeImagesAntialiased("Odd", 18, 16, "Image").Fit(rows).Transform(rows);
        const string Message = "Column 'Odd' holds images of 18x16; both sides must be multiples of 4. Put ResizeImagesAntialiased before, or set Sides to PadToMultiple.";
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
    public void A_gpu_that_cannot_be_used_is_an_error_unless_the_cpu_may_take_over()
    {
        var rows = ImageRows.Load(context, 1);
        var exception = Assert.Throws<InvalidOperationException>(() => context.Transforms.EncodeImages("Latent", model, "Image", gpuDeviceId: 99).Fit(rows));
        Assert.StartsWith("GPU 99 was asked for, and ", exception.Message, StringComparison.Ordinal);
        Assert.EndsWith("Set FallbackToCpu to compute on the CPU then, or leave GpuDeviceId null.", exception.Message, StringComparison.Ordinal);
        Assert.Single(ImageRows.Latents(context.Transforms.EncodeImages("Latent", model, "Image", gpuDeviceId: 99, fallbackToCpu: true).Fit(rows).Transform(rows)));
        var fallback = new MLContext { GpuDeviceId = 99, FallbackToCpu = true };
        Assert.Single(ImageRows.Latents(fallback.Transforms.EncodeImages("Latent", model, "Image").Fit(rows).Transform(rows)));
    }

    private static void AssertPromise<T>(IEstimator<T> estimator, IDataView input)
        where T : class, ITransformer
    {
        var promised = estimator.GetOutputSchema(ShapeOf(input.Schema));
        var given = ShapeOf(estimator.Fit(input).GetOutputSchema(input.Schema));
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
    internal static SchemaShape ShapeOf(DataViewSchema schema) =>
        (SchemaShape)typeof(SchemaShape).GetMethod("Create", BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)!.Invoke(null, [schema])!;
}
