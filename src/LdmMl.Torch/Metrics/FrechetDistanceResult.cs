namespace LdmMl.Torch.Metrics;

/// <summary>A Fréchet distance and the number of images behind it.</summary>
public sealed record FrechetDistanceResult
{
    /// <summary>Gets the distance; 0 for equal means and covariances.</summary>
    public required double Distance { get; init; }

    /// <summary>Gets how many images the first set has.</summary>
    public required long FirstCount { get; init; }

    /// <summary>Gets how many images the second set has.</summary>
    public required long SecondCount { get; init; }

    /// <summary>Gets a warning if the distance rests on too few images; otherwise null.</summary>
    public string? Warning { get; init; }

    /// <summary>Formats the figures in one line.</summary>
    /// <returns>Such as <c>12.34 (500 and 500 images)</c>.</returns>
    public override string ToString() =>
        FormattableString.Invariant($"{Distance:G6} ({FirstCount} and {SecondCount} images)");
}
