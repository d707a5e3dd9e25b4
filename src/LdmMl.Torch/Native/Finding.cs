namespace LdmMl.Torch.Native;

/// <summary>One finding of <see cref="MachineReport"/>.</summary>
/// <param name="Subject">What was looked at, such as <c>glibc</c>.</param>
/// <param name="Value">What it is.</param>
/// <param name="Cure">How to fix it, or null if nothing is wrong.</param>
/// <param name="IsFailure">True where LdmMl cannot work; false for a remark.</param>
internal sealed record Finding(string Subject, string Value, string? Cure = null, bool IsFailure = false);
