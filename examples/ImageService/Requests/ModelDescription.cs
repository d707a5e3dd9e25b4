namespace ImageService.Requests;

/// <summary>What the served model takes, and the limits of requests: the answer of <c>GET /model</c>.</summary>
internal sealed record ModelDescription
{
    public required string Name { get; init; }

    public required ModelTakes Takes { get; init; }

    /// <summary>Gets the labels: names, or numbers if the model does not know the names.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Gets whether a request must have a label.</summary>
    public required bool NeedsLabel { get; init; }

    public required int Width { get; init; }

    public required int Height { get; init; }

    /// <summary>Gets what width and height must be multiples of.</summary>
    public required int SizeMultiple { get; init; }

    public required long MaximumPixels { get; init; }

    public required int Steps { get; init; }

    public required int MaximumSteps { get; init; }

    public required double GuidanceScale { get; init; }

    public required int MaximumPreviews { get; init; }

    /// <summary>Gets how many images of the model's own size are computed together at most.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Gets whether <c>POST /score</c> measures a perceptual distance.</summary>
    public required bool MeasuresDistance { get; init; }

    /// <summary>Returns how many images of a size may be computed together: as many pixels as a batch of the model's own size has.</summary>
    public int LargestBatch(ImageSettings settings) =>
        (int)Math.Clamp((long)BatchSize * Width * Height / ((long)settings.Width * settings.Height), 1, BatchSize);
}
