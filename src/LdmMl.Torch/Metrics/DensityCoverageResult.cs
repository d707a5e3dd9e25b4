namespace LdmMl.Torch.Metrics;

/// <summary>Density and coverage, and what they rest on.</summary>
public sealed record DensityCoverageResult
{
    /// <summary>Gets how many real images' balls hold a generated image on average, over the neighbours; about 1 for equal distributions.</summary>
    public required double Density { get; init; }

    /// <summary>Gets the share of real images with a generated one nearer than their farthest counted neighbour, 0 to 1.</summary>
    public required double Coverage { get; init; }

    /// <summary>Gets the neighbour to which the ball around a real image reaches.</summary>
    public required int Neighbours { get; init; }

    /// <summary>Gets how many real images were compared.</summary>
    public required int RealCount { get; init; }

    /// <summary>Gets how many generated images were compared.</summary>
    public required int GeneratedCount { get; init; }

    /// <summary>Gets what the values are worth where they rest on few images; null where they are enough.</summary>
    public string? Warning { get; init; }

    /// <summary>Says the figures in one line.</summary>
    /// <returns>Such as <c>density 0.98, coverage 0.91 (500 real and 500 generated images)</c>.</returns>
    public override string ToString() =>
        FormattableString.Invariant($"density {Density:0.0000}, coverage {Coverage:0.0000} ({RealCount} real and {GeneratedCount} generated images)");
}
