namespace ImageService.Requests;

/// <summary>A checked request: everything that determines its image, and how many previews to show.</summary>
internal sealed record ImageOrder
{
    public required ImageSettings Settings { get; init; }

    public required long Seed { get; init; }

    public string? Label { get; init; }

    /// <summary>Gets the number of the label; null for none.</summary>
    public int? LabelNumber { get; init; }

    public string? Prompt { get; init; }

    public int Previews { get; init; }

    /// <summary>Determines whether there is a preview of a step; previews are spread evenly over the steps, and there is none of the last.</summary>
    public bool Shows(int step, int steps) =>
        step < steps && (long)step * (Previews + 1) / steps != (step - 1L) * (Previews + 1) / steps;
}
