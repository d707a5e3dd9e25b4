using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Generation;
using Microsoft.ML;

namespace LdmMl.Tests.Generation;

/// <summary>What is refused before there is any data.</summary>
public class GenerationRulesTests
{
    private static readonly GenerateImagesOptions Plain = new() { OutputColumnName = "Out" };

    public static TheoryData<string, string> Misfits() => new()
    {
        { "unconditional + label", "LabelColumnName is 'Label', and this model takes no labels; leave it null." },
        {
            "labels without null label",
            "This model makes images of one of 3 labels, and has not learnt to make images of any: name the column that says which in LabelColumnName."
        },
        { "unconditional + context", "Column 'Tokens' is named for tokens, and this model looks at none; leave ContextColumnName null." },
        {
            "context",
            "This model looks at tokens, usually the output of a text encoder, which this library does not have: name a column of them, computed beforehand, " +
            "Vector<Single, 5, 12>, in ContextColumnName."
        },
        { "super-resolution", "This model enlarges images: name the column of the small ones in InitialImageColumnName." },
        { "super-resolution + image and mask", "This model enlarges images: leave MaskColumnName null and Strength at 1." },
        {
            "inpainting",
            "This model paints in images: name their column in InitialImageColumnName, and that of the masks, which are white where it paints, in MaskColumnName."
        },
        { "unconditional + mask", "Column 'Mask' holds masks, but InitialImageColumnName names no images of which they keep a part." },
        { "unconditional + strength", "Strength is 0.5, but InitialImageColumnName names no images of which to keep something." },
        {
            "unconditional + image",
            "Strength is 1, which leaves nothing of the images in column 'Image': choose less, such as 0.6, or name masks in MaskColumnName."
        },
        { "unconditional + guidance", "GuidanceScale is 2, and this model is told nothing that could be left out; leave it at 1." },
        {
            "labels without null label + label and guidance",
            "GuidanceScale is 2, and this model has not learnt to make images of any label, from which guidance pushes away; leave it at 1."
        },
        {
            "context + context and guidance",
            "GuidanceScale is 2: name the column of the tokens from which guidance pushes away, those of an empty text, in UnconditionalContextColumnName, " +
            "or leave it at 1."
        },
    };

    [Theory]
    [MemberData(nameof(Misfits))]
    public void What_a_model_lacks_or_does_not_take_is_said_in_the_words_of_columns(string kind, string message)
    {
        var parts = kind.Split(" + ");
        var given = parts.Length > 1 ? parts[1] : "";
        var options = Plain with
        {
            LabelColumnName = given.Contains("label", StringComparison.Ordinal) ? "Label" : null,
            ContextColumnName = given.Contains("context", StringComparison.Ordinal) ? "Tokens" : null,
            InitialImageColumnName = given.Contains("image", StringComparison.Ordinal) ? "Image" : null,
            MaskColumnName = given.Contains("mask", StringComparison.Ordinal) ? "Mask" : null,
            Settings = new GenerationSettings
            {
                Strength = given == "strength" ? 0.5 : 1, GuidanceScale = given.Contains("guidance", StringComparison.Ordinal) ? 2 : 1,
            },
        };
        using var model = SmallDiffusion.Create(parts[0]);
        Assert.Equal(message, Refuse(model, options).Message);
    }

    [Fact]
    public void Settings_out_of_range_are_refused()
    {
        using var model = SmallDiffusion.Create("labels");
        string Message(GenerationSettings settings) => Refuse(model, Plain with { Settings = settings }).Message;
        Assert.Equal("GuidanceScale is -1; it must be at least 0, and 1 is no guidance.", Message(new GenerationSettings { GuidanceScale = -1 }));
        Assert.Equal("GuidanceRescale is 1.5; it must be in [0, 1].", Message(new GenerationSettings { GuidanceRescale = 1.5 }));
        Assert.StartsWith("Strength is 2; it must be above 0 and at most 1.", Message(new GenerationSettings { Strength = 2 }), StringComparison.Ordinal);
        Assert.StartsWith(
            "Steps is 2000; the model's schedule has 1000, so choose 1 to 1000.",
            Message(new GenerationSettings { Sampling = new SamplingSettings { Steps = 2000 } }), StringComparison.Ordinal);
        Assert.Contains("Eta", Message(new GenerationSettings { Sampling = new SamplingSettings { Eta = 2 } }), StringComparison.Ordinal);
        Assert.Contains(
            "they are 18x16, and both sides must be multiples of 4",
            Assert.Throws<ArgumentException>(() => Fit(model, Plain with { Settings = new GenerationSettings { Width = 18 } })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_are_checked()
    {
        using var model = SmallDiffusion.Create();
        Assert.Equal("LatentColumnName is 'Out'; OutputColumnName has that name already, so give this column a name of its own.", Throws(model, Plain with { LatentColumnName = "Out" }).Message);
        Assert.Equal(
            "MaskColumnName is ''; it must be the name of a column, or null for none.", Throws(model, Plain with { MaskColumnName = "" }).Message);
        Assert.Throws<OptionException>("OutputColumnName", () => new MLContext().Transforms.GenerateImages("", model));
        Assert.Throws<OptionException>("BatchSize", () => new MLContext().Transforms.GenerateImages(model, Plain with { BatchSize = 0 }));
        Assert.Throws<ArgumentNullException>("model", () => new MLContext().Transforms.GenerateImages("Out", null!));
    }

    private static OptionException Throws(LatentDiffusionModel model, GenerateImagesOptions options) =>
        Assert.Throws<OptionException>(() => new MLContext().Transforms.GenerateImages(model, options));

    private static ArgumentException Refuse(LatentDiffusionModel model, GenerateImagesOptions options) =>
        Assert.Throws<ArgumentException>(() => new MLContext().Transforms.GenerateImages(model, options));

    private static void Fit(LatentDiffusionModel model, GenerateImagesOptions options)
    {
        var context = new MLContext();
        context.Transforms.GenerateImages(model, options).Fit(context.Data.LoadFromEnumerable(SeedRows.Create(1)));
    }
}
