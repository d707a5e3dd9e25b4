using LdmMl.Torch.Arguments;

namespace LdmMl.Torch.Generation;

/// <summary>Which inputs a model requires and accepts, and which settings suit it: stated once, for tensors and for columns.</summary>
internal static class ConditionRules
{
    private const string NeedsImages =
        "this is an inpainting model; give it initial images, and masks that show what to paint (1 or white) and what to keep (0 or black)";

    /// <summary>Checks the inputs against a model.</summary>
    /// <exception cref="OptionException">Something is missing or has no effect; the message says what to do.</exception>
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
        CheckImageRule(given, settings, input);
        if (settings.GuidanceScale != 1)
            CheckGuidance(given, settings, conditioning);
    }

    private static void CheckSettings(GenerationSettings settings, Conditioning conditioning)
    {
        var takesSizes = conditioning.CrossAttention?.Vector is not null;
        Check.That(settings.Sizes is null || takesSizes, settings.Sizes, "this model is not conditioned on sizes; leave it out");
        Check.That(
            settings.NegativeSizes is null || (takesSizes && settings.GuidanceScale != 1), settings.NegativeSizes,
            "it needs guidance and a model that is conditioned on sizes; leave it out");
        settings.Sizes?.Validate();
        settings.NegativeSizes?.Validate();
        Check.That(
            settings.GuidanceScale >= 0 && double.IsFinite(settings.GuidanceScale), settings.GuidanceScale,
            "it must be at least 0; 1 means no guidance");
        Check.Within(settings.GuidanceRescale, 0, 1);
        settings.GuidanceInterval?.Validate();
        Check.That(
            settings.GuidanceInterval is null || settings.GuidanceScale != 1, settings.GuidanceInterval,
            $"{nameof(settings.GuidanceScale)} is 1, so there is no guidance to limit; raise the scale, or leave it out");
        Check.That(
            settings.GuidanceInterval is null || settings.ImageRule != ImageRule.DiffusersLegacyPredictedNoise, settings.GuidanceInterval,
            $"{ImageRule.DiffusersLegacyPredictedNoise} needs guidance in every step; leave this out");
        settings.GuidanceProjection?.Validate();
        Check.That(
            settings.GuidanceProjection is null || settings.GuidanceScale != 1, settings.GuidanceProjection,
            $"{nameof(settings.GuidanceScale)} is 1, so there is no guidance to project; raise the scale, or leave it out");
        Check.That(
            settings.GuidanceProjection is null || settings.GuidanceRescale == 0, settings.GuidanceProjection,
            $"{nameof(settings.GuidanceRescale)} is given too, and both limit contrast; leave one of them out");
        Check.That(
            settings.GuidanceProjection is null || settings.ImageRule != ImageRule.DiffusersLegacyPredictedNoise, settings.GuidanceProjection,
            $"{ImageRule.DiffusersLegacyPredictedNoise} needs guidance as usual; leave this out");
        var noise = (conditioning as ConcatenatedConditioning)?.Noise;
        Check.That(settings.NoiseLevel is null || noise is not null, settings.NoiseLevel, "this model adds no noise to images; leave it out");
        if (settings.NoiseLevel is { } level)
            Check.Within(level, 0, noise!.Largest, nameof(settings.NoiseLevel));
        Check.That(settings.DenoisingEnd is null or (> 0 and <= 1), settings.DenoisingEnd, "it must be above 0 and at most 1");
        Check.That(settings.Strength is > 0 and <= 1, settings.Strength, "it must be above 0 and at most 1");
    }

    private static void CheckLabels(GivenInput given, LabelConditioning? labels)
    {
        if (labels is null)
            given.Refuse("this model takes no labels");
        else if (!labels.HasNullLabel)
            given.Require($"this model is conditioned on {labels.Count} labels and has no null label; give a label for each image");
    }

    private static void CheckContext(GivenInputs given, ContextConditioning? context)
    {
        if (context is null)
        {
            given.Context.Refuse("this model takes no context tokens");
            given.UnconditionalContext.Refuse("this model takes no context tokens");
            return;
        }

        given.Context.Require(
            $"this model needs context tokens; give prompts for its text encoder, or the tokens themselves, "
            + $"{context.Tokens} of width {context.Dimension} for each image, computed beforehand");
    }

    private static void CheckEnlarging(GivenInputs given, GenerationSettings settings)
    {
        given.LowResolutionImages.Require("this is a super-resolution model; give it the small images");
        if (given.InitialImages.Name != given.LowResolutionImages.Name)
            given.InitialImages.Refuse($"this is a super-resolution model, which takes {Wording.Member(given.LowResolutionImages.Name)}");
        given.Masks.Refuse("this is a super-resolution model, which takes no masks");
        Check.That(settings.Strength == 1, settings.Strength, "this is a super-resolution model, for which it must be 1");
    }

    private static void CheckImages(GivenInputs given, GenerationSettings settings, bool paints)
    {
        if (given.InitialImages.Name != given.LowResolutionImages.Name)
            given.LowResolutionImages.Refuse("this is not a super-resolution model");
        if (paints)
        {
            given.InitialImages.Require(NeedsImages);
            given.Masks.Require(NeedsImages);
        }

        if (given.InitialImages.IsGiven)
            return;
        given.Masks.Refuse($"there are no images to keep parts of, because {Wording.Member(given.InitialImages.Name)} is {Wording.Nothing}");
        Check.That(
            settings.Strength == 1, settings.Strength,
            $"there are no images to start from; give {Wording.Member(given.InitialImages.Name)}, or leave it at 1");
    }

    private static void CheckImageRule(GivenInputs given, GenerationSettings settings, ConcatenatedInput? input)
    {
        var rule = settings.ImageRule;
        Check.Defined(rule, nameof(settings.ImageRule));
        if (rule == ImageRule.Mean)
            return;
        Check.That(
            input is null or ConcatenatedInput.MaskThenMaskedImage, rule, $"no diffusers pipeline does this with a model of this kind; choose {ImageRule.Mean}",
            nameof(settings.ImageRule));
        Check.That(
            given.InitialImages.IsGiven, rule, $"there are no images to start from; give {Wording.Member(given.InitialImages.Name)}, or leave it out",
            nameof(settings.ImageRule));
        if (rule == ImageRule.Diffusers)
            return;
        Check.That(
            input is null && given.Masks.IsGiven, rule,
            $"it needs masks, and a model that is not an inpainting model; choose {ImageRule.Diffusers}", nameof(settings.ImageRule));
        Check.That(
            rule != ImageRule.DiffusersLegacyPredictedNoise || settings.GuidanceScale != 1, rule,
            $"it needs the unconditional prediction of guidance, but {nameof(settings.GuidanceScale)} is 1; raise the scale, or choose {ImageRule.DiffusersLegacy}",
            nameof(settings.ImageRule));
    }

    private static void CheckGuidance(GivenInputs given, GenerationSettings settings, Conditioning conditioning)
    {
        var scale = settings.GuidanceScale;
        Check.That(
            conditioning is not LabelConditioning { HasNullLabel: false }, scale,
            "this model has no null label, which guidance needs; leave it at 1", nameof(settings.GuidanceScale));
        if (conditioning.CrossAttention is not null)
        {
            Check.That(
                given.UnconditionalContext.IsGiven, scale,
                $"there are no unconditional tokens, which guidance needs; give {Wording.Member(given.UnconditionalContext.Name)}, "
                + $"those of an empty prompt, or leave it at 1",
                nameof(settings.GuidanceScale));
        }

        Check.That(
            conditioning.CrossAttention is not null || conditioning is LabelConditioning, scale,
            "this model has no condition to drop, so guidance is not possible; leave it at 1", nameof(settings.GuidanceScale));
    }
}
