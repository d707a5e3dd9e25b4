using System.Diagnostics.CodeAnalysis;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Generation;
using Microsoft.Extensions.AI;

namespace LdmMl.Extensions;

/// <summary>Reads requests to a model. Anything unknown is refused by name; the model checks whether the values fit it.</summary>
[Experimental(ExperimentalInterface.Id, UrlFormat = ExperimentalInterface.Page)]
internal sealed class ImageOrderReader(LatentDiffusionModel model, string modelId, LatentDiffusionOptions defaults)
{
    private const double PromptGuidance = 7.5, EditStrength = 0.8;   // diffusers' defaults

    /// <exception cref="OptionException">Something in the request is unknown or out of range.</exception>
    public ImageOrder Read(IImageGenerator asked, ImageGenerationRequest request, ImageGenerationOptions? options)
    {
        options ??= new ImageGenerationOptions();
        CheckOptions(options);
        var properties = new RequestProperties(options.AdditionalProperties);
        var (prompt, label) = Subject(request.Prompt);
        var (original, mask) = (OriginalOf(request), properties.Image(RequestProperties.Mask));
        var settings = Settings(options.RawRepresentationFactory?.Invoke(asked), options, properties, hasPrompt: prompt is not null, isEdit: original is not null && mask is null);
        Check.That(
            label is not null || model.Config.Conditioning is not LabelConditioning || settings.GuidanceScale == 1, settings.GuidanceScale,
            "there is no label to steer towards; name one in the prompt, or leave it at 1", nameof(settings.GuidanceScale));
        return new ImageOrder
        {
            Settings = settings,
            Seeds = Seeds(properties.Whole(RequestProperties.Seed), options.Count ?? 1),
            MediaType = ImageFormat.Check(options.MediaType),
            Prompt = prompt,
            NegativePrompt = properties.Text(RequestProperties.NegativePrompt),
            SecondPrompt = properties.Text(RequestProperties.SecondPrompt),
            SecondNegativePrompt = properties.Text(RequestProperties.SecondNegativePrompt),
            Label = label,
            Original = original,
            Mask = mask,
        };
    }

    private void CheckOptions(ImageGenerationOptions options)
    {
        Check.That(
            options.ModelId is null || string.Equals(options.ModelId, modelId, StringComparison.OrdinalIgnoreCase), options.ModelId,
            $"this generator has only the model '{modelId}'");
        Check.That(
            options.ResponseFormat is null or ImageGenerationResponseFormat.Data, options.ResponseFormat, "images are returned as data; leave it out");
        Check.That(options.StreamingCount is null or 0, options.StreamingCount, "only finished images are returned; leave it out");
        if (options.Count is { } count)
            Check.Within(count, 1, defaults.MaximumCount, nameof(options.Count));
    }

    // The prompt is a text, a label or empty, depending on the model.
    private (string? Prompt, int? Label) Subject(string? given)
    {
        var conditioning = model.Config.Conditioning;
        if (conditioning.CrossAttention is not null && conditioning is not LabelConditioning)
            return (given ?? "", null);
        if (string.IsNullOrEmpty(given))
            return (null, null);
        Check.That(
            conditioning is LabelConditioning, given, "this model was trained without prompts and labels; leave the prompt empty",
            nameof(ImageGenerationRequest.Prompt));
        return (null, LabelOf((LabelConditioning)conditioning, given));
    }

    private static int LabelOf(LabelConditioning labels, string given)
    {
        if (labels.Names.Count == 0)
        {
            var isLabel = int.TryParse(given, out var number) && number >= 0 && number < labels.Count;
            Check.That(
                isLabel, given, $"this model's labels have no names; give a number from 0 to {labels.Count - 1}",
                nameof(ImageGenerationRequest.Prompt));
            return number;
        }

        string[] similar = [.. labels.Names.Where(name => string.Equals(name, given, StringComparison.OrdinalIgnoreCase))];
        var found = labels.Find(given) ?? (similar is [var only] ? labels.Find(only) : null);
        return found ?? throw Check.Refuse(
            nameof(ImageGenerationRequest.Prompt), given,
            $"the prompt must be one of the model's labels: {string.Join(", ", labels.Names.Select(name => $"'{name}'"))}");
    }

    private static DataContent? OriginalOf(ImageGenerationRequest request)
    {
        AIContent[] given = [.. request.OriginalImages ?? []];
        if (given.Length == 0)
            return null;
        Check.That(given.Length == 1, given.Length, "give one image; for several, send a request for each", nameof(request.OriginalImages));
        return given[0] as DataContent ?? throw Check.Refuse(
            nameof(request.OriginalImages), given[0].GetType().Name, $"give the image itself, as a {nameof(DataContent)}; images are not downloaded");
    }

    private GenerationSettings Settings(
        object? made, ImageGenerationOptions options, RequestProperties properties, bool hasPrompt, bool isEdit)
    {
        var settings = made switch
        {
            null => Usual(hasPrompt, isEdit),
            GenerationSettings given => given,
            var other => throw Check.Refuse(
                nameof(options.RawRepresentationFactory), other.GetType().Name, $"it must return {nameof(GenerationSettings)}, or null"),
        };
        return settings with
        {
            Sampling = Sampling(settings.Sampling ?? model.Config.Sampling, properties),
            GuidanceScale = properties.Number(RequestProperties.GuidanceScale) ?? settings.GuidanceScale,
            GuidanceRescale = properties.Number(RequestProperties.GuidanceRescale) ?? settings.GuidanceRescale,
            Strength = properties.Number(RequestProperties.Strength) ?? settings.Strength,
            ImageRule = properties.Choice<ImageRule>(RequestProperties.ImageRule) ?? settings.ImageRule,
            Width = options.ImageSize?.Width ?? settings.Width,
            Height = options.ImageSize?.Height ?? settings.Height,
        };
    }

    private GenerationSettings Usual(bool hasPrompt, bool isEdit) => new()
    {
        Sampling = defaults.Steps is { } steps ? model.Config.Sampling with { Steps = steps } : null,
        GuidanceScale = defaults.GuidanceScale ?? (hasPrompt ? PromptGuidance : 1),
        Strength = isEdit && model.Config.Conditioning is not ConcatenatedConditioning ? EditStrength : 1,
    };

    private static SamplingSettings Sampling(SamplingSettings usual, RequestProperties properties)
    {
        var sampler = properties.Text(RequestProperties.Sampler) is { } name ? SamplerRegistry.Create(name) : usual.Sampler;
        var sampling = !sampler.Equals(usual.Sampler)
            ? new SamplingSettings { Sampler = sampler, Steps = usual.Steps, ClipRange = usual.ClipRange }
            : usual;
        if (properties.Whole(RequestProperties.Steps) is not { } steps)
            return sampling;
        Check.Within(steps, 1, int.MaxValue, RequestProperties.Steps);
        return sampling with { Steps = (int)steps };
    }

    private static long[] Seeds(long? first, int count)
    {
        var seed = first ?? Random.Shared.NextInt64(1L << 32);
        return [.. Enumerable.Range(0, count).Select(number => unchecked(seed + number))];
    }
}
