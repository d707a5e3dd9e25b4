namespace LdmMl.Torch.Metrics;

/// <summary>Improved precision and recall, and what they rest on.</summary>
public sealed record PrecisionRecallResult
{
    /// <summary>Gets the share of generated images that lie within the real ones, 0 to 1.</summary>
    public required double Precision { get; init; }

    /// <summary>Gets the share of real images that lie within the generated ones, 0 to 1.</summary>
    public required double Recall { get; init; }

    /// <summary>Gets the neighbour to which the ball around an image reaches.</summary>
    public required int Neighbours { get; init; }

    /// <summary>Gets how many real images were compared.</summary>
    public required int RealCount { get; init; }

    /// <summary>Gets how many generated images were compared.</summary>
    public required int GeneratedCount { get; init; }

    /// <summary>Gets what the values are worth where they rest on few images; null where they are enough.</summary>
    public string? Warning { get; init; }

    /// <summary>Says the figures in one line.</summary>
    /// <returns>Such as <c>precision 0.71, recall 0.64 (500 real and 500 generated images)</c>.</returns>
    public override string ToString() =>
        FormattableString.Invariant($"precision {Precision:0.0000}, recall {Recall:0.0000} ({RealCount} real and {GeneratedCount} generated images)");
}
