using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Generation;
using Option = LdmMl.GenerateImagesOptions;

namespace LdmMl.Transforms.Generate;

/// <summary>What a model needs to be told and what it takes, checked in the words of columns before there is a row.</summary>
internal static class GenerationRules
{
    /// <exception cref="ArgumentException">The options do not fit the model.</exception>
    public static void Check(GenerateImagesOptions options, LatentDiffusionModel model)
    {
        var conditioning = model.Config.Conditioning;
        var context = conditioning as ContextConditioning ?? (conditioning as ConcatenatedConditioning)?.Context;
        CheckLabels(options, conditioning as LabelConditioning);
        CheckContext(options, context);
        CheckImages(options, (conditioning as ConcatenatedConditioning)?.Input);
        if (options.Settings.GuidanceScale != 1)
            CheckGuidance(options, conditioning as LabelConditioning, context);
        CheckSampling(options.Settings, model.Config);
    }

    private static ArgumentException Wrong(string message) => new(message);

    private static void CheckLabels(GenerateImagesOptions options, LabelConditioning? labels)
    {
        if (labels is null && options.LabelColumnName is { } column)
            throw Wrong($"{nameof(Option.LabelColumnName)} is '{column}', and this model takes no labels; leave it null.");
        if (labels is { HasNullLabel: false } && options.LabelColumnName is null)
        {
            throw Wrong(
                $"This model makes images of one of {labels.Count} labels, and has not learnt to make images of any: name the column that says " +
                $"which in {nameof(Option.LabelColumnName)}.");
        }
    }

    private static void CheckContext(GenerateImagesOptions options, ContextConditioning? context)
    {
        if (context is null && (options.ContextColumnName ?? options.UnconditionalContextColumnName) is { } column)
            throw Wrong($"Column '{column}' is named for tokens, and this model looks at none; leave {nameof(Option.ContextColumnName)} null.");
        if (context is not null && options.ContextColumnName is null)
        {
            throw Wrong(
                $"This model looks at tokens, usually the output of a text encoder, which this library does not have: name a column of them, " +
                $"computed beforehand, Vector<Single, {context.Tokens}, {context.Dimension}>, in {nameof(Option.ContextColumnName)}.");
        }
    }

    private static void CheckImages(GenerateImagesOptions options, ConcatenatedInput? input)
    {
        var enlarges = input == ConcatenatedInput.LowResolutionImage;
        if (enlarges && options.InitialImageColumnName is null)
            throw Wrong($"This model enlarges images: name the column of the small ones in {nameof(Option.InitialImageColumnName)}.");
        if (enlarges && (options.MaskColumnName is not null || options.Settings.Strength != 1))
        {
            throw Wrong(
                $"This model enlarges images: leave {nameof(Option.MaskColumnName)} null and {nameof(GenerationSettings.Strength)} at 1.");
        }

        if (input is not null && !enlarges && (options.InitialImageColumnName is null || options.MaskColumnName is null))
        {
            throw Wrong(
                $"This model paints in images: name their column in {nameof(Option.InitialImageColumnName)}, and that of the masks, which are " +
                $"white where it paints, in {nameof(Option.MaskColumnName)}.");
        }

        if (options.InitialImageColumnName is null && options.MaskColumnName is { } mask)
            throw Wrong($"Column '{mask}' holds masks, but {nameof(Option.InitialImageColumnName)} names no images of which they keep a part.");
        CheckStrength(options, input);
    }

    private static void CheckStrength(GenerateImagesOptions options, ConcatenatedInput? input)
    {
        var strength = options.Settings.Strength;
        if (options.InitialImageColumnName is null && strength < 1)
        {
            throw Wrong(
                $"{nameof(GenerationSettings.Strength)} is {strength}, but {nameof(Option.InitialImageColumnName)} names no images of which to " +
                "keep something.");
        }

        if (options.InitialImageColumnName is { } column && options.MaskColumnName is null && input is null && strength == 1)
        {
            throw Wrong(
                $"{nameof(GenerationSettings.Strength)} is 1, which leaves nothing of the images in column '{column}': choose less, such as 0.6, " +
                $"or name masks in {nameof(Option.MaskColumnName)}.");
        }
    }

    private static void CheckGuidance(GenerateImagesOptions options, LabelConditioning? labels, ContextConditioning? context)
    {
        var given = $"{nameof(GenerationSettings.GuidanceScale)} is {options.Settings.GuidanceScale}";
        if (labels is { HasNullLabel: false })
            throw Wrong($"{given}, and this model has not learnt to make images of any label, from which guidance pushes away; leave it at 1.");
        if (context is not null && options.UnconditionalContextColumnName is null)
        {
            throw Wrong(
                $"{given}: name the column of the tokens from which guidance pushes away, those of an empty text, in " +
                $"{nameof(Option.UnconditionalContextColumnName)}, or leave it at 1.");
        }

        if (labels is null && context is null)
            throw Wrong($"{given}, and this model is told nothing that could be left out; leave it at 1.");
    }

    private static void CheckSampling(GenerationSettings settings, LatentDiffusionConfig config)
    {
        if (!(settings.GuidanceScale >= 0 && double.IsFinite(settings.GuidanceScale)))
            throw Wrong($"{nameof(settings.GuidanceScale)} is {settings.GuidanceScale}; it must be at least 0, and 1 is no guidance.");
        if (settings.GuidanceRescale is not (>= 0 and <= 1))
            throw Wrong($"{nameof(settings.GuidanceRescale)} is {settings.GuidanceRescale}; it must be in [0, 1].");
        var sampling = settings.Sampling ?? config.Sampling;
        sampling.CreateSampler();
        sampling.CreatePlan(new NoiseSchedule(config.Schedule), settings.Strength);
    }
}
