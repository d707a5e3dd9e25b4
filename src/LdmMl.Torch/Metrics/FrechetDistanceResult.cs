namespace LdmMl.Torch.Metrics;

/// <summary>A Fréchet distance and what it rests on.</summary>
public sealed record FrechetDistanceResult
{
    /// <summary>Gets the distance; 0 for equal means and covariances.</summary>
    public required double Distance { get; init; }

    /// <summary>Gets how many images the first set has.</summary>
    public required long FirstCount { get; init; }

    /// <summary>Gets how many images the second set has.</summary>
    public required long SecondCount { get; init; }

    /// <summary>Gets what the distance is worth where it rests on few images; null where they are enough.</summary>
    public string? Warning { get; init; }

    /// <summary>Says the figures in one line.</summary>
    /// <returns>Such as <c>12.34 (500 and 500 images)</c>.</returns>
    public override string ToString() =>
        FormattableString.Invariant($"{Distance:G6} ({FirstCount} and {SecondCount} images)");
}
