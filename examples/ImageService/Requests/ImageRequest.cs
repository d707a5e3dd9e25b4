using System.ComponentModel;

namespace ImageService.Requests;

/// <summary>The body of <c>POST /images</c>. Whatever is left out, the model decides.</summary>
internal sealed record ImageRequest
{
    [Description("What to draw, for a model with labels: one of those in GET /model.")]
    public string? Label { get; init; }

    [Description("What to draw, for a model with prompts.")]
    public string? Prompt { get; init; }

    [Description("The same seed, with everything else the same, gives the same bytes. Random if left out.")]
    public long? Seed { get; init; }

    [Description("Width in pixels: a multiple of sizeMultiple in GET /model.")]
    public int? Width { get; init; }

    [Description("Height in pixels: a multiple of sizeMultiple in GET /model.")]
    public int? Height { get; init; }

    [Description("Steps of the sampler.")]
    public int? Steps { get; init; }

    [Description("Scale of classifier-free guidance: 1 for none; more is more typical and less varied.")]
    public double? GuidanceScale { get; init; }

    [Description("How many previews to send along the way; only for text/event-stream.")]
    public int? Previews { get; init; }
}
