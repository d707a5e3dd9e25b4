using LdmMl.Torch.Arguments;

namespace LdmMl.Torch.Generation;

/// <summary>What a model needs to be given, what it takes, and which settings go with it: stated once, for tensors and for columns.</summary>
internal static class ConditionRules
{
    private const string NeedsImages =
        "this is an inpainting model; give it images to begin with, and masks of what of them is painted (1 or white) and what stays (0 or black)";

    /// <summary>Checks what is given against a model.</summary>
    /// <exception cref="OptionException">Something is missing, or is given in vain; the message says what to do.</exception>
    public static void Apply(GivenInputs given, GenerationSettings settings, Conditioning conditioning)
    {
        CheckSettings(settings, conditioning);
        CheckLabels(given.Labels, conditioning as LabelConditioning);
        CheckContext(given, conditioning.CrossAttention);
        var input = (conditioning as ConcatenatedConditioning)?.Input;
        if (input == ConcatenatedInput.LowResolutionImage)
            CheckEnlarging(given, settings);
        else
            CheckImages(given, settings, paints: input is not null);
        if (settings.GuidanceScale != 1)
            CheckGuidance(given, settings, conditioning);
    }

    private static void CheckSettings(GenerationSettings settings, Conditioning conditioning)
    {
        var takesSizes = conditioning.CrossAttention?.Vector is not null;
        Check.That(settings.Sizes is null || takesSizes, settings.Sizes, "this model is told no sizes; leave it out");
        Check.That(
            settings.NegativeSizes is null || (takesSizes && settings.GuidanceScale != 1), settings.NegativeSizes,
            "it goes with guidance of a model that is told sizes; leave it out");
        settings.Sizes?.Validate();
        settings.NegativeSizes?.Validate();
        Check.That(
            settings.GuidanceScale >= 0 && double.IsFinite(settings.GuidanceScale), settings.GuidanceScale,
            "it must be at least 0, and 1 is no guidance");
        Check.Within(settings.GuidanceRescale, 0, 1);
        var noise = (conditioning as ConcatenatedConditioning)?.Noise;
        Check.That(settings.NoiseLevel is null || noise is not null, settings.NoiseLevel, "this model adds no noise to images; leave it out");
        if (settings.NoiseLevel is { } level)
            Check.Within(level, 0, noise!.Largest, nameof(settings.NoiseLevel));
        Check.That(settings.DenoisingEnd is > 0 and <= 1, settings.DenoisingEnd, "it must be above 0 and at most 1");
        Check.That(settings.Strength is > 0 and <= 1, settings.Strength, "it must be above 0 and at most 1");
    }

    private static void CheckLabels(GivenInput given, LabelConditioning? labels)
    {
        if (labels is null)
            given.Refuse("this model takes no labels");
        else if (!labels.HasNullLabel)
            given.Require($"this model makes images of one of {labels.Count} labels, and has no null label; give the label of each");
    }

    private static void CheckContext(GivenInputs given, ContextConditioning? context)
    {
        if (context is null)
        {
            given.Context.Refuse("this model looks at no tokens");
            given.UnconditionalContext.Refuse("this model looks at no tokens");
            return;
        }

        given.Context.Require(
            $"this model looks at tokens; give prompts, of which its text encoder makes them, or the tokens themselves, "
            + $"{context.Tokens} of {context.Dimension} numbers for each image, computed beforehand");
    }

    private static void CheckEnlarging(GivenInputs given, GenerationSettings settings)
    {
        given.LowResolutionImages.Require("this is a super-resolution model; give it the small images");
        if (given.InitialImages.Name != given.LowResolutionImages.Name)
            given.InitialImages.Refuse($"this is a super-resolution model, which takes {given.LowResolutionImages.Name}");
        given.Masks.Refuse("this is a super-resolution model, which takes no masks");
        Check.That(settings.Strength == 1, settings.Strength, "this is a super-resolution model, for which it must be 1");
    }

    private static void CheckImages(GivenInputs given, GenerationSettings settings, bool paints)
    {
        if (given.InitialImages.Name != given.LowResolutionImages.Name)
            given.LowResolutionImages.Refuse("this is no super-resolution model");
        if (paints)
        {
            given.InitialImages.Require(NeedsImages);
            given.Masks.Require(NeedsImages);
        }

        if (given.InitialImages.IsGiven)
            return;
        given.Masks.Refuse($"there are no images of which they keep a part, as {given.InitialImages.Name} is null");
        Check.That(
            settings.Strength == 1, settings.Strength,
            $"there are no images of which to keep something; give {given.InitialImages.Name}, or leave it at 1");
    }

    private static void CheckGuidance(GivenInputs given, GenerationSettings settings, Conditioning conditioning)
    {
        var scale = settings.GuidanceScale;
        Check.That(
            conditioning is not LabelConditioning { HasNullLabel: false }, scale,
            "this model has no null label to push away from; leave it at 1", nameof(settings.GuidanceScale));
        if (conditioning.CrossAttention is not null)
        {
            Check.That(
                given.UnconditionalContext.IsGiven, scale,
                $"there are no tokens to push away from; give {given.UnconditionalContext.Name}, those of an empty text, or leave it at 1",
                nameof(settings.GuidanceScale));
        }

        Check.That(
            conditioning.CrossAttention is not null || conditioning is LabelConditioning, scale,
            "this model has no condition that could be left out; leave it at 1", nameof(settings.GuidanceScale));
    }
}
