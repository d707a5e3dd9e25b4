using System.Text.Json.Nodes;

namespace LdmMl.Torch.Training.States;

/// <summary>The JSON file of a training state.</summary>
internal sealed record StoredState
{
    /// <summary>The format version; a state of another version is refused.</summary>
    public const int PresentFormat = 3;

    /// <summary>Gets the format version.</summary>
    public required int Format { get; init; }

    /// <summary>Gets the number of steps before the state was written.</summary>
    public required int Step { get; init; }

    /// <summary>Gets the name of the tensor file next to this one.</summary>
    public required string TensorFile { get; init; }

    /// <summary>Gets values that the training determined at its start.</summary>
    public required Dictionary<string, double> Values { get; init; }

    /// <summary>Gets the counts of a <see cref="TrainingSnapshot"/>.</summary>
    public required Dictionary<string, long> Counts { get; init; }

    /// <summary>Gets what must be the same for a training to resume from this state.</summary>
    public required JsonObject Setup { get; init; }

    /// <summary>Gets the reports of steps; the last is the report of <see cref="Step"/>.</summary>
    public required IReadOnlyList<TrainingStep> History { get; init; }
}
