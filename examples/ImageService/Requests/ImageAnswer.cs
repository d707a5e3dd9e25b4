namespace ImageService.Requests;

/// <summary>A finished image and what reproduces it, as JSON.</summary>
internal sealed record ImageAnswer
{
    public required long Seed { get; init; }

    public required string? Label { get; init; }

    public required string? Prompt { get; init; }

    public required int Width { get; init; }

    public required int Height { get; init; }

    public required int Steps { get; init; }

    public required double GuidanceScale { get; init; }

    /// <summary>Gets the PNG file; base64 in JSON.</summary>
    public required byte[] Png { get; init; }

    public static ImageAnswer Of(ImageOrder order, byte[] png) => new()
    {
        Seed = order.Seed,
        Label = order.Label,
        Prompt = order.Prompt,
        Width = order.Settings.Width,
        Height = order.Settings.Height,
        Steps = order.Settings.Steps,
        GuidanceScale = order.Settings.GuidanceScale,
        Png = png,
    };
}
