using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Generation;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Generation;

/// <summary>Wrong use is refused before any work, with messages that say what to do.</summary>
public class GenerationErrorsTests
{
    [Fact]
    public void Missing_seeds_are_refused() => AssertRefused(
        "unconditional", batch => batch with { Seeds = [] }, new(), "Seeds is []; give one for each image to generate.");

    [Theory]
    [InlineData(-1)]
    [InlineData(4)]
    public void A_label_that_the_model_does_not_know_is_refused(int label) => AssertRefused(
        "labels", batch => batch with { Labels = [0, label] }, new(),
        $"Labels[1] is {label}; this model has 0 to 2, and 3, the null label.");

    [Fact]
    public void A_null_label_is_refused_if_the_model_has_none() => AssertRefused(
        "labels without null label", batch => batch with { Labels = [0, 3] }, new(),
        "Labels[1] is 3; this model has 0 to 2.");

    [Fact]
    public void Missing_labels_are_refused_without_a_null_label() => AssertRefused(
        "labels without null label", batch => batch with { Labels = null }, new(),
        "Labels is null; this model is conditioned on 3 labels and has no null label; give a label for each image.");

    [Fact]
    public void Fewer_labels_than_seeds_are_refused() => AssertRefused(
        "labels", batch => batch with { Labels = [0] }, new(), "Labels is [0]; give one for each of the 2 seeds.");

    [Fact]
    public void Labels_are_refused_by_a_model_without_labels() => AssertRefused(
        "unconditional", batch => batch with { Labels = [0, 1] }, new(),
        "Labels is [0, 1]; this model takes no labels; leave it out.");

    [Fact]
    public void A_context_is_refused_by_a_model_without_context() => AssertRefused(
        "labels", batch => batch with { Context = zeros(2, 5, 12) }, new(),
        "Context is [2, 5, 12]; this model takes no context tokens; leave it out.");

    [Fact]
    public void A_missing_context_is_refused() => AssertRefused(
        "context", batch => batch with { Context = null }, new(),
        "Context is null; this model needs context tokens; give prompts for its text encoder, or the tokens themselves, 5 of width 12 "
            + "for each image, computed beforehand.");

    [Fact]
    public void A_context_of_another_shape_is_refused() => AssertRefused(
        "context", batch => batch with { Context = zeros(2, 5, 11) }, new(),
        "Context is [2, 5, 11]; it must be [2, tokens, 12].");

    [Fact]
    public void An_unconditional_context_with_another_number_of_tokens_is_refused() => AssertRefused(
        "context", batch => batch with { UnconditionalContext = zeros(1, 4, 12) }, new(),
        "UnconditionalContext is [1, 4, 12]; it must have as many tokens as Context, 5.");

    [Theory]
    [InlineData("unconditional", "this model has no condition to drop, so guidance is not possible; leave it at 1.")]
    [InlineData("labels without null label", "this model has no null label, which guidance needs; leave it at 1.")]
    [InlineData("super-resolution", "this model has no condition to drop, so guidance is not possible; leave it at 1.")]
    [InlineData("context", "there are no unconditional tokens, which guidance needs; give UnconditionalContext, those of an empty prompt, or leave it at 1.")]
    public void Guidance_without_an_unconditional_branch_is_refused(string kind, string reason) => AssertRefused(
        kind, batch => batch with { UnconditionalContext = null }, new() { GuidanceScale = 3 },
        $"GuidanceScale is 3; {reason}");

    [Theory]
    [InlineData(-0.5)]
    [InlineData(double.NaN)]
    public void A_negative_guidance_scale_is_refused(double scale) => AssertRefused(
        "labels", batch => batch, new() { GuidanceScale = scale },
        $"GuidanceScale is {scale}; it must be at least 0; 1 means no guidance.");

    [Fact]
    public void A_rescale_outside_its_range_is_refused() => AssertRefused(
        "labels", batch => batch, new() { GuidanceRescale = 1.5 }, 
        "GuidanceRescale is 1.5; it must be in [0, 1].");

    [Theory]
    [InlineData(0)]
    [InlineData(1.01)]
    [InlineData(double.NaN)]
    public void A_strength_outside_its_range_is_refused(double strength) => AssertRefused(
        "unconditional", batch => batch with { InitialImages = zeros(2, 3, 16, 16) }, new() { Strength = strength },
        $"Strength is {strength}; it must be above 0 and at most 1.");

    [Fact]
    public void A_strength_without_initial_images_is_refused() => AssertRefused(
        "unconditional", batch => batch, new() { Strength = 0.5 },
        "Strength is 0.5; there are no images to start from; give InitialImages, or leave it at 1.");

    [Fact]
    public void A_mask_without_initial_images_is_refused() => AssertRefused(
        "unconditional", batch => batch with { Masks = zeros(2, 1, 16, 16) }, new(),
        "Masks is [2, 1, 16, 16]; there are no images to keep parts of, because InitialImages is null; leave it out.");

    [Fact]
    public void A_mask_of_another_size_is_refused() => AssertRefused(
        "unconditional", batch => batch with { InitialImages = zeros(2, 3, 16, 16), Masks = zeros(2, 1, 8, 8) }, new(),
        "Masks is [2, 1, 8, 8]; it must have the size of InitialImages, 16x16.");

    [Fact]
    public void A_mask_outside_its_range_is_refused() => AssertRefused(
        "unconditional", batch => batch with { InitialImages = zeros(2, 3, 16, 16), Masks = full([2, 1, 16, 16], Real(255f)) }, new(),
        "Masks is '255 to 255'; its values must be in [0, 1]: 1 is painted, 0 is kept.");

    [Fact]
    public void Another_number_of_initial_images_than_seeds_is_refused() => AssertRefused(
        "unconditional", batch => batch with { InitialImages = zeros(1, 3, 16, 16) }, new(),
        "InitialImages is [1, 3, 16, 16]; it must be [2, 3, H, W], one image per seed.");

    [Fact]
    public void Initial_images_of_another_type_are_refused() => AssertRefused(
        "unconditional", batch => batch with { InitialImages = zeros([2, 3, 16, 16], dtype: ScalarType.Float64) }, new(),
        "InitialImages is Float64; it must be Float32; convert with to(ScalarType.Float32).");

    [Fact]
    public void An_inpainting_model_needs_a_mask() => AssertRefused(
        "inpainting", batch => batch with { Masks = null }, new(),
        "Masks is null; this is an inpainting model; give it initial images, and masks that show what to paint (1 or white) and what to keep "
            + "(0 or black).");

    [Fact]
    public void A_super_resolution_model_needs_images() => AssertRefused(
        "super-resolution", batch => batch with { LowResolutionImages = null }, new(),
        "LowResolutionImages is null; this is a super-resolution model; give it the small images.");

    [Fact]
    public void A_super_resolution_model_refuses_initial_images() => AssertRefused(
        "super-resolution", batch => batch with { InitialImages = zeros(2, 3, 16, 16) }, new(),
        "InitialImages is [2, 3, 16, 16]; this is a super-resolution model, which takes LowResolutionImages; leave it out.");

    [Fact]
    public void Low_resolution_images_are_refused_by_another_model() => AssertRefused(
        "unconditional", batch => batch with { LowResolutionImages = zeros(2, 3, 8, 8) }, new(),
        "LowResolutionImages is [2, 3, 8, 8]; this is not a super-resolution model; leave it out.");

    [Theory]
    [InlineData(18, 16, "Width is 18")]
    [InlineData(16, 0, "Height is 0")]
    public void A_size_that_cannot_be_halved_often_enough_is_refused(int width, int height, string given) => AssertRefused(
        "unconditional", batch => batch, new() { Width = width, Height = height },
        $"{given}; it must be a positive multiple of 4: 2 for the first stage, times 2 for the U-Net.");

    [Fact]
    public void A_size_other_than_that_of_the_given_images_is_refused() => AssertRefused(
        "unconditional", batch => batch with { InitialImages = zeros(2, 3, 16, 16) }, new() { Width = 32 },
        "Width is 32; the given images result in 16x16; leave it out, or resize them.");

    [Fact]
    public void More_steps_than_the_schedule_has_are_refused() => AssertRefused(
        "unconditional", batch => batch, new() { Sampling = new SamplingSettings { Steps = 1001 } },
        "Steps is 1001; the model's schedule has 1000, so choose 1 to 1000.");

    [Fact]
    public void A_name_that_is_not_a_label_is_refused() => Assert.Equal(
        "There is no label 'frog'; the labels are 'cat', 'dog', 'überfrog'. (Parameter 'name')",
        Assert.Throws<ArgumentException>(() => ((LabelConditioning)SmallDiffusion.Variants["labels"].Conditioning).IndexOf("frog")).Message);

    [Fact]
    public void A_label_name_is_refused_if_names_are_not_known() => Assert.Equal(
        "There is no label 'frog': the model does not know the names of its 3 labels. Give a number from 0 to 2. (Parameter 'name')",
        Assert.Throws<ArgumentException>(() => ((LabelConditioning)SmallDiffusion.Variants["label tokens"].Conditioning).IndexOf("frog")).Message);

    [Fact]
    public void A_disposed_model_says_so()
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

        Assert.Equal(message, Assert.Throws<OptionException>(() => model.Generate(batch, settings)).Message);
    }
}
