using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Generation;
using Option = LdmMl.GenerateImagesOptions;

namespace LdmMl.Transforms.Generate;

/// <summary>Checks columns and settings against a model before there is a row, by the model's own rules.</summary>
internal static class GenerationRules
{
    /// <exception cref="OptionException">The options do not fit the model.</exception>
    public static void Check(GenerateImagesOptions options, LatentDiffusionModel model)
    {
        var conditioning = model.Config.Conditioning;
        ConditionRules.Apply(Given(options, conditioning), options.Settings, conditioning);
        if (options.InitialImageColumnName is not null && options.MaskColumnName is null && conditioning is not ConcatenatedConditioning)
        {
            Torch.Arguments.Check.That(
                options.Settings.Strength < 1, options.Settings.Strength,
                $"nothing of the images in {nameof(Option.InitialImageColumnName)} would be left; choose less, such as 0.6, or name masks in "
                + nameof(Option.MaskColumnName));
        }

        Torch.Arguments.Check.That(
            options.Settings.GuidanceScale == 1 || conditioning is not LabelConditioning || options.LabelColumnName is not null,
            options.Settings.GuidanceScale,
            $"there are no labels to steer towards; name their column in {nameof(Option.LabelColumnName)}, or leave it at 1");
        var sampling = options.Settings.Sampling ?? model.Config.Sampling;
        sampling.CreatePlan(new NoiseSchedule(model.Config.Schedule), options.Settings.Strength);
    }

    // The images to begin with are small ones where the model enlarges them.
    private static GivenInputs Given(GenerateImagesOptions options, Conditioning conditioning)
    {
        var images = new GivenInput(nameof(Option.InitialImageColumnName), options.InitialImageColumnName);
        var enlarges = conditioning is ConcatenatedConditioning { Input: ConcatenatedInput.LowResolutionImage };
        return new GivenInputs
        {
            Labels = new(nameof(Option.LabelColumnName), options.LabelColumnName),
            Context = new(nameof(Option.ContextColumnName), options.ContextColumnName),
            UnconditionalContext = new(nameof(Option.UnconditionalContextColumnName), options.UnconditionalContextColumnName),
            InitialImages = enlarges ? images with { Value = null } : images,
            Masks = new(nameof(Option.MaskColumnName), options.MaskColumnName),
            LowResolutionImages = enlarges ? images : images with { Value = null },
        };
    }
}
