namespace LdmMl.Torch.Checkpoints;

/// <summary>What loading weights into a network found.</summary>
/// <param name="Missing">Keys that the network has and the file has not.</param>
/// <param name="Unexpected">Keys that the file has and the network has not.</param>
/// <param name="WrongShape">Keys of both whose shapes differ, each with both shapes.</param>
public sealed record LoadReport(IReadOnlyList<string> Missing, IReadOnlyList<string> Unexpected, IReadOnlyList<string> WrongShape);
