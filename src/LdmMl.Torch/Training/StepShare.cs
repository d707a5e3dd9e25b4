namespace LdmMl.Torch.Training;

/// <summary>What a process tells the others about its batches of a step, before sums are exchanged.</summary>
/// <param name="Reports">The reports of its batches, in their order.</param>
/// <param name="Length">How many numbers it has to add.</param>
/// <param name="Failure">Why a loss is not finite; null if all are.</param>
/// <param name="Module">The module where that began; null if it is not known.</param>
internal sealed record StepShare(IReadOnlyList<BatchReport> Reports, long Length, string? Failure, string? Module);
