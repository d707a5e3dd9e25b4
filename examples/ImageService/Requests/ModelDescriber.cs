using LdmMl.Extensions;
using LdmMl.Torch.Generation;

namespace ImageService.Requests;

/// <summary>Describes the opened model for <c>GET /model</c> and for the checks of requests.</summary>
internal static class ModelDescriber
{
    private const double PromptGuidance = 7.5;   // diffusers' default

    /// <exception cref="InvalidOperationException">The model needs something that requests cannot give, such as an image.</exception>
    public static ModelDescription Describe(LatentDiffusionModel model, string name, LatentDiffusionOptions options, ServiceOptions limits)
    {
        var takes = TakesOf(model, name);
        var maximumSteps = Math.Min(limits.MaximumSteps, model.Config.Schedule.Steps);
        var labels = model.Config.Conditioning as LabelConditioning;
        return new ModelDescription
        {
            Name = name,
            Takes = takes,
            Labels = labels is { Names.Count: 0 } ? [.. Enumerable.Range(0, labels.Count).Select(number => $"{number}")] : labels?.Names ?? [],
            NeedsLabel = labels is { HasNullLabel: false },
            Width = model.DefaultWidth,
            Height = model.DefaultHeight,
            SizeMultiple = model.Autoencoder.Config.DownsampleFactor * model.Config.UNet.DownsampleFactor,
            MaximumPixels = options.MaximumPixels,
            Steps = Math.Min(options.Steps ?? model.Config.Sampling.Steps, maximumSteps),
            MaximumSteps = maximumSteps,
            GuidanceScale = options.GuidanceScale ?? (takes == ModelTakes.Prompts ? PromptGuidance : 1),
            MaximumPreviews = limits.MaximumPreviews,
            BatchSize = options.BatchSize,
            MeasuresDistance = limits.PerceptualModel is not null,
        };
    }

    private static ModelTakes TakesOf(LatentDiffusionModel model, string name) => model.Config.Conditioning switch
    {
        LabelConditioning => ModelTakes.Labels,
        ContextConditioning when model.TextEncoder is not null => ModelTakes.Prompts,
        var none when none == Conditioning.None => ModelTakes.Nothing,
        _ => throw new InvalidOperationException(
            $"The model '{name}' needs images or tokens in addition to a seed; this service serves models with labels, with prompts and a text "
            + "encoder, or with neither."),
    };
}
