using System.Text.Json.Nodes;

namespace LdmMl.Torch.Training.States;

/// <summary>The JSON file of a training state.</summary>
internal sealed record StoredState
{
    /// <summary>The number of this layout; a state of another one is refused.</summary>
    public const int PresentFormat = 3;

    /// <summary>Gets the number of the layout.</summary>
    public required int Format { get; init; }

    /// <summary>Gets the number of steps before the state was written.</summary>
    public required int Step { get; init; }

    /// <summary>Gets the name of the file beside this one that holds the tensors.</summary>
    public required string TensorFile { get; init; }

    /// <summary>Gets numbers that the training determined at its beginning.</summary>
    public required Dictionary<string, double> Values { get; init; }

    /// <summary>Gets the counts of a <see cref="TrainingSnapshot"/>.</summary>
    public required Dictionary<string, long> Counts { get; init; }

    /// <summary>Gets what must be the same for a training to go on from here.</summary>
    public required JsonObject Setup { get; init; }

    /// <summary>Gets the reports of steps; the last is that of <see cref="Step"/>.</summary>
    public required IReadOnlyList<TrainingStep> History { get; init; }
}
