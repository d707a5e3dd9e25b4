namespace LdmMl.Torch.Checkpoints;

/// <summary>How the keys of a checkpoint compare with those of a module.</summary>
/// <param name="Missing">Keys that the module needs and the checkpoint lacks.</param>
/// <param name="Unexpected">Keys of the checkpoint that the module does not have.</param>
/// <param name="WrongShape">Keys that both have with different shapes, with the shapes: <c>key: has [3, 4], needs [4, 3]</c>.</param>
public sealed record LoadReport(IReadOnlyList<string> Missing, IReadOnlyList<string> Unexpected, IReadOnlyList<string> WrongShape)
{
    /// <summary>Gets which of the checkpoint's weights were loaded.</summary>
    /// <value><see cref="WeightSource.Trained"/> or <see cref="WeightSource.MovingAverage"/>.</value>
    public WeightSource WeightSource { get; init; } = WeightSource.Trained;

    /// <summary>Gets further remarks for the user, such as that a model needs tokens in place of text.</summary>
    /// <value>Default: empty.</value>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Gets whether the keys and shapes match exactly.</summary>
    public bool IsExact => Missing.Count == 0 && Unexpected.Count == 0 && WrongShape.Count == 0;
}
