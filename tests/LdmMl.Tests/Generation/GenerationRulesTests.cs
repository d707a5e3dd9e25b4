using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Generation;
using Microsoft.ML;

namespace LdmMl.Tests.Generation;

/// <summary>Settings and columns that are refused before there is any data.</summary>
public class GenerationRulesTests
{
    private static readonly GenerateImagesOptions Plain = new() { OutputColumnName = "Out" };

    public static TheoryData<string, string> Misfits() => new()
    {
        { "unconditional + label", "LabelColumnName is 'Label'; this model takes no labels; leave it out." },
        {
            "labels without null label",
            "LabelColumnName is null; this model is conditioned on 3 labels and has no null label; give a label for each image."
        },
        { "unconditional + context", "ContextColumnName is 'Tokens'; this model takes no context tokens; leave it out." },
        {
            "context",
            "ContextColumnName is null; this model needs context tokens; give prompts for its text encoder, or the tokens themselves, "
                + "5 of width 12 for each image, computed beforehand."
        },
        { "super-resolution", "InitialImageColumnName is null; this is a super-resolution model; give it the small images." },
        { "super-resolution + image and mask", "MaskColumnName is 'Mask'; this is a super-resolution model, which takes no masks; leave it out." },
        {
            "inpainting",
            "InitialImageColumnName is null; this is an inpainting model; give it initial images, and masks that show what to paint (1 or white) "
                + "and what to keep (0 or black)."
        },
        {
            "unconditional + mask",
            "MaskColumnName is 'Mask'; there are no images to keep parts of, because InitialImageColumnName is null; leave it out."
        },
        {
            "unconditional + strength",
            "Strength is 0.5; there are no images to start from; give InitialImageColumnName, or leave it at 1."
        },
        {
            "unconditional + image",
            "Strength is 1; nothing of the images in InitialImageColumnName would be left; choose less, such as 0.6, or name masks in MaskColumnName."
        },
        { "labels + guidance", "GuidanceScale is 2; there are no labels to steer towards; name their column in LabelColumnName, or leave it at 1." },
        { "unconditional + guidance", "GuidanceScale is 2; this model has no condition to drop, so guidance is not possible; leave it at 1." },
        {
            "labels without null label + label and guidance",
            "GuidanceScale is 2; this model has no null label, which guidance needs; leave it at 1."
        },
        {
            "context + context and guidance",
            "GuidanceScale is 2; there are no unconditional tokens, which guidance needs; give UnconditionalContextColumnName, those of an empty prompt, or leave it at 1."
        },
    };

    [Theory]
    [MemberData(nameof(Misfits))]
    public void Missing_and_unsupported_inputs_are_refused_with_the_names_of_columns(string kind, string message)
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
        Assert.Equal(message, Assert.Throws<OptionException>(() => new MLContext().Transforms.GenerateImages(model, options)).Message);
    }

    [Fact]
    public void Settings_out_of_range_are_refused()
    {
        using var model = SmallDiffusion.Create("labels");
        string Message(GenerationSettings settings) => Refuse(model, Plain with { Settings = settings }).Message;
        Assert.Equal("GuidanceScale is -1; it must be at least 0; 1 means no guidance.", Message(new GenerationSettings { GuidanceScale = -1 }));
        Assert.Equal("GuidanceRescale is 1.5; it must be in [0, 1].", Message(new GenerationSettings { GuidanceRescale = 1.5 }));
        Assert.StartsWith("Strength is 2; it must be above 0 and at most 1.", Message(new GenerationSettings { Strength = 2 }), StringComparison.Ordinal);
        Assert.StartsWith(
            "Steps is 2000; the model's schedule has 1000, so choose 1 to 1000.",
            Message(new GenerationSettings { Sampling = new SamplingSettings { Steps = 2000 } }), StringComparison.Ordinal);
        Assert.Contains("Eta", Message(new GenerationSettings { Sampling = new SamplingSettings { Sampler = new DdimSampler { Eta = 2 } } }), StringComparison.Ordinal);
        Assert.Contains(
            "Width is 18; it must be a positive multiple of 4",
            Assert.Throws<ArgumentException>(() => Fit(model, Plain with { Settings = new GenerationSettings { Width = 18 } })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_are_checked()
    {
        using var model = SmallDiffusion.Create();
        Assert.Equal("LatentColumnName is 'Out'; OutputColumnName already has that name, so give this column a different one.", Throws(model, Plain with { LatentColumnName = "Out" }).Message);
        Assert.Equal(
            "MaskColumnName is ''; it must be the name of a column, or null for none.", Throws(model, Plain with { MaskColumnName = "" }).Message);
        Assert.Throws<OptionException>("OutputColumnName", () => new MLContext().Transforms.GenerateImages("", model));
        Assert.Throws<OptionException>("BatchSize", () => new MLContext().Transforms.GenerateImages(model, Plain with { BatchSize = 0 }));
        Assert.Throws<ArgumentNullException>("model", () => new MLContext().Transforms.GenerateImages("Out", null!));
    }

    private static OptionException Throws(LatentDiffusionModel model, GenerateImagesOptions options) =>
        Assert.Throws<OptionException>(() => new MLContext().Transforms.GenerateImages(model, options));

    private static ArgumentException Refuse(LatentDiffusionModel model, GenerateImagesOptions options) =>
        Assert.ThrowsAny<ArgumentException>(() => new MLContext().Transforms.GenerateImages(model, options));

    private static void Fit(LatentDiffusionModel model, GenerateImagesOptions options)
    {
        var context = new MLContext();
        context.Transforms.GenerateImages(model, options).Fit(context.Data.LoadFromEnumerable(SeedRows.Create(1)));
    }
}
