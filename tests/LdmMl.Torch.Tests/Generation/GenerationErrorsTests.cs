using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Generation;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Generation;

/// <summary>Wrong use is refused before any work, in sentences that say what to do.</summary>
public class GenerationErrorsTests
{
    [Fact]
    public void No_seeds() => AssertRefused(
        "unconditional", batch => batch with { Seeds = [] }, new(), "There are no seeds; give one for each image to generate. (Parameter 'Seeds')");

    [Theory]
    [InlineData(-1)]
    [InlineData(4)]
    public void A_label_that_the_model_does_not_know(int label) => AssertRefused(
        "labels", batch => batch with { Labels = [0, label] }, new(),
        $"The label of row 1 is {label}; this model has 0 to 2, or 3 for an image of any label. (Parameter 'Labels')");

    [Fact]
    public void A_null_label_where_there_is_none() => AssertRefused(
        "labels without null label", batch => batch with { Labels = [0, 3] }, new(),
        "The label of row 1 is 3; this model has 0 to 2. (Parameter 'Labels')");

    [Fact]
    public void No_labels_where_there_is_no_null_label() => AssertRefused(
        "labels without null label", batch => batch with { Labels = null }, new(),
        "There are no labels, and this model has no null label; give each seed one of 0 to 2. (Parameter 'Labels')");

    [Fact]
    public void Fewer_labels_than_seeds() => AssertRefused(
        "labels", batch => batch with { Labels = [0] }, new(), "There are 1 labels for 2 seeds; give one for each. (Parameter 'Labels')");

    [Fact]
    public void Labels_for_a_model_without() => AssertRefused(
        "unconditional", batch => batch with { Labels = [0, 1] }, new(),
        "There are labels, but this model takes none; leave them out. (Parameter 'Labels')");

    [Fact]
    public void A_context_for_a_model_without() => AssertRefused(
        "labels", batch => batch with { Context = zeros(2, 5, 12) }, new(),
        "There is a context, but this model takes none; leave it out. (Parameter 'Context')");

    [Fact]
    public void No_context_for_a_model_that_needs_one() => AssertRefused(
        "context", batch => batch with { Context = null }, new(),
        "This model looks at tokens, usually the output of a text encoder, which this library does not have; give Context [2, 5, 12], computed "
            + "beforehand. (Parameter 'Context')");

    [Fact]
    public void A_context_of_another_shape() => AssertRefused(
        "context", batch => batch with { Context = zeros(2, 5, 11) }, new(),
        "Expected Context [2, tokens, 12], got [2, 5, 11]. (Parameter 'Context')");

    [Fact]
    public void An_unconditional_context_with_other_tokens() => AssertRefused(
        "context", batch => batch with { UnconditionalContext = zeros(1, 4, 12) }, new(),
        "It has 4 tokens and Context has 5; both must have the same number. (Parameter 'UnconditionalContext')");

    [Theory]
    [InlineData("unconditional", "this model is told nothing that could be left out; leave it at 1.")]
    [InlineData("labels without null label", "this model has no null label to push away from; leave it at 1.")]
    [InlineData("super-resolution", "this model is told nothing that could be left out; leave it at 1.")]
    [InlineData("context", "there are no tokens to push away from; give UnconditionalContext, the tokens of an empty text, or leave the scale at 1.")]
    public void Guidance_without_anything_to_push_away_from(string kind, string reason) => AssertRefused(
        kind, batch => batch with { UnconditionalContext = null }, new() { GuidanceScale = 3 },
        $"The guidance scale is 3, but {reason} (Parameter 'GuidanceScale')");

    [Theory]
    [InlineData(-0.5)]
    [InlineData(double.NaN)]
    public void A_guidance_scale_that_is_none(double scale) => AssertRefused(
        "labels", batch => batch, new() { GuidanceScale = scale },
        $"The guidance scale is {scale}; it must be at least 0 (1 is no guidance). (Parameter 'GuidanceScale')");

    [Fact]
    public void A_rescale_outside_its_range() => AssertRefused(
        "labels", batch => batch, new() { GuidanceRescale = 1.5 }, 
        "The rescale of guidance is 1.5; it must be in [0, 1]. (Parameter 'GuidanceRescale')");

    [Theory]
    [InlineData(0)]
    [InlineData(1.01)]
    [InlineData(double.NaN)]
    public void A_strength_outside_its_range(double strength) => AssertRefused(
        "unconditional", batch => batch with { InitialImages = zeros(2, 3, 16, 16) }, new() { Strength = strength },
        $"The strength is {strength}; it must be above 0 and at most 1. (Parameter 'Strength')");

    [Fact]
    public void A_strength_without_initial_images() => AssertRefused(
        "unconditional", batch => batch, new() { Strength = 0.5 },
        "The strength is 0.5, but there are no initial images of which to keep something; give InitialImages, "
            + "or leave the strength at 1. (Parameter 'Strength')");

    [Fact]
    public void A_mask_without_initial_images() => AssertRefused(
        "unconditional", batch => batch with { Masks = zeros(2, 1, 16, 16) }, new(),
        "There are masks, but no initial images of which they keep a part; give InitialImages. (Parameter 'Masks')");

    [Fact]
    public void A_mask_of_another_size() => AssertRefused(
        "unconditional", batch => batch with { InitialImages = zeros(2, 3, 16, 16), Masks = zeros(2, 1, 8, 8) }, new(),
        "The masks [2, 1, 8, 8] must be as large as the initial images [2, 3, 16, 16]. (Parameter 'Masks')");

    [Fact]
    public void A_mask_outside_its_range() => AssertRefused(
        "unconditional", batch => batch with { InitialImages = zeros(2, 3, 16, 16), Masks = full([2, 1, 16, 16], Real(255f)) }, new(),
        "The masks hold values outside [0, 1]; 1 is painted, 0 stays. (Parameter 'Masks')");

    [Fact]
    public void Initial_images_for_other_seeds() => AssertRefused(
        "unconditional", batch => batch with { InitialImages = zeros(1, 3, 16, 16) }, new(),
        "Expected initial images [2, 3, H, W], one for each seed, got [1, 3, 16, 16]. (Parameter 'InitialImages')");

    [Fact]
    public void Initial_images_of_another_type() => AssertRefused(
        "unconditional", batch => batch with { InitialImages = zeros([2, 3, 16, 16], dtype: ScalarType.Float64) }, new(),
        "Expected float32 initial images, got Float64; convert with to(ScalarType.Float32). (Parameter 'InitialImages')");

    [Fact]
    public void An_inpainting_model_without_a_mask() => AssertRefused(
        "inpainting", batch => batch with { Masks = null }, new(),
        "This is an inpainting model; give it InitialImages and Masks (1 is painted, 0 stays). (Parameter 'Masks')");

    [Fact]
    public void A_super_resolution_model_without_images() => AssertRefused(
        "super-resolution", batch => batch with { LowResolutionImages = null }, new(),
        "This is a super-resolution model; give it LowResolutionImages [2, 3, h, w]. (Parameter 'LowResolutionImages')");

    [Fact]
    public void A_super_resolution_model_with_initial_images() => AssertRefused(
        "super-resolution", batch => batch with { InitialImages = zeros(2, 3, 16, 16) }, new(),
        "This is a super-resolution model; give it LowResolutionImages in place of InitialImages. (Parameter 'InitialImages')");

    [Fact]
    public void Low_resolution_images_for_another_model() => AssertRefused(
        "unconditional", batch => batch with { LowResolutionImages = zeros(2, 3, 8, 8) }, new(),
        "There are low-resolution images, but this is no super-resolution model; leave them out. (Parameter 'LowResolutionImages')");

    [Theory]
    [InlineData(18, 16)]
    [InlineData(16, 0)]
    public void A_size_that_cannot_be_halved_often_enough(int width, int height) => AssertRefused(
        "unconditional", batch => batch, new() { Width = width, Height = height },
        $"The images would be {width}x{height}; both sides must be positive multiples of 4: "
            + "2 for the first stage, times 2 for the U-Net. (Parameter 'settings')");

    [Fact]
    public void A_size_other_than_that_of_the_images_given() => AssertRefused(
        "unconditional", batch => batch with { InitialImages = zeros(2, 3, 16, 16) }, new() { Width = 32 },
        "The settings ask for another width than the images given, which make 16x16: leave Width and Height out, "
            + "or resize the images. (Parameter 'settings')");

    [Fact]
    public void More_steps_than_the_schedule_has() => AssertRefused(
        "unconditional", batch => batch, new() { Sampling = new SamplingSettings { Steps = 1001 } },
        "Steps is 1001; the model's schedule has 1000, so choose 1 to 1000.");

    [Fact]
    public void A_name_that_is_no_label() => Assert.Equal(
        "There is no label 'frog'; there are 'cat', 'dog', 'überfrog'. (Parameter 'name')",
        Assert.Throws<ArgumentException>(() => ((LabelConditioning)SmallDiffusion.Variants["labels"].Conditioning).IndexOf("frog")).Message);

    [Fact]
    public void A_name_where_names_are_not_known() => Assert.Equal(
        "There is no label 'frog': the model does not know the names of its 3 labels. Give a number from 0 to 2. (Parameter 'name')",
        Assert.Throws<ArgumentException>(() => ((LabelConditioning)SmallDiffusion.Variants["label tokens"].Conditioning).IndexOf("frog")).Message);

    [Fact]
    public void A_model_that_is_disposed()
    {
        using var scope = NewDisposeScope();
        var model = SmallDiffusion.Create();
        model.Dispose();

        Assert.Throws<ObjectDisposedException>(() => model.Generate(new GenerationBatch { Seeds = [1] }));
        Assert.Throws<ObjectDisposedException>(model.Share);
    }

    private static void AssertRefused(string kind, Func<GenerationBatch, GenerationBatch> change, GenerationSettings settings, string message)
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create(kind);
        var batch = change(SmallDiffusion.Batch(model.Config, 1, 2));

        Assert.Equal(message, Assert.ThrowsAny<ArgumentException>(() => model.Generate(batch, settings)).Message);
    }
}
