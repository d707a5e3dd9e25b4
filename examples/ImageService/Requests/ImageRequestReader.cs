using LdmMl.Torch.Arguments;

namespace ImageService.Requests;

/// <summary>Checks requests for images before they wait: what cannot be drawn is refused with what can be.</summary>
internal static class ImageRequestReader
{
    private const int LongestPrompt = 1000, ShownPrompt = 40;
    private const double LargestGuidance = 100;

    /// <param name="request">The request.</param>
    /// <param name="model">What the model takes.</param>
    /// <exception cref="OptionException">A member does not fit the model or is out of range.</exception>
    public static ImageOrder Read(ImageRequest request, ModelDescription model)
    {
        var settings = Settings(request, model);
        Require(settings.GuidanceScale == 1 || request.Label is not null || model.Takes != ModelTakes.Labels, "guidanceScale", settings.GuidanceScale,
            "there is no label to steer towards; give one, or set it to 1");
        return new ImageOrder
        {
            Settings = settings,
            Seed = request.Seed ?? Random.Shared.NextInt64(1L << 32),
            Label = request.Label,
            LabelNumber = LabelNumber(request.Label, model),
            Prompt = Prompt(request.Prompt, model),
            Previews = Within(request.Previews ?? 0, 0, model.MaximumPreviews, "previews"),
        };
    }

    private static ImageSettings Settings(ImageRequest request, ModelDescription model)
    {
        var steps = Within(request.Steps ?? model.Steps, 1, model.MaximumSteps, "steps");
        var (width, height) = (Side(request.Width ?? model.Width, "width", model), Side(request.Height ?? model.Height, "height", model));
        Require((long)width * height <= model.MaximumPixels, "width", width, $"width times height may be at most {model.MaximumPixels}");
        var guidance = request.GuidanceScale ?? (model.Takes == ModelTakes.Labels && request.Label is null ? 1 : model.GuidanceScale);
        Require(guidance is >= 0 and <= LargestGuidance, "guidanceScale", guidance, $"it must be from 0 to {LargestGuidance}");
        return new ImageSettings(steps, width, height, guidance);
    }

    private static int Side(int given, string member, ModelDescription model)
    {
        Require(given > 0 && given % model.SizeMultiple == 0, member, given, $"it must be a positive multiple of {model.SizeMultiple}");
        return given;
    }

    private static int? LabelNumber(string? given, ModelDescription model)
    {
        if (model.Takes != ModelTakes.Labels)
        {
            Require(given is null, "label", given, "this model takes no labels; leave it out");
            return null;
        }

        var listed = string.Join(", ", model.Labels.Take(100).Select(label => $"'{label}'"));
        Require(given is not null || !model.NeedsLabel, "label", given, $"it must be one of {listed}");
        if (given is null)
            return null;
        var number = model.Labels.ToList().IndexOf(given);
        Require(number >= 0, "label", given, $"it must be one of {listed}");
        return number;
    }

    private static string? Prompt(string? given, ModelDescription model)
    {
        if (model.Takes != ModelTakes.Prompts)
        {
            Require(given is null, "prompt", given, "this model takes no prompts; leave it out");
            return null;
        }

        var text = given ?? "";
        var shown = $"{text[..Math.Min(text.Length, ShownPrompt)]} …";
        Require(text.Length <= LongestPrompt, "prompt", shown, $"it may have at most {LongestPrompt} characters");
        return text;
    }

    private static int Within(int given, int least, int largest, string member)
    {
        Require(given >= least && given <= largest, member, given, $"it must be from {least} to {largest}");
        return given;
    }

    private static void Require(bool holds, string member, object? given, string requirement)
    {
        if (!holds)
            throw new OptionException(member, given, requirement);
    }
}
