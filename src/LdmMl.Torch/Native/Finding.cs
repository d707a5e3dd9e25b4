namespace LdmMl.Torch.Native;

/// <summary>One thing that <see cref="MachineReport"/> found out.</summary>
/// <param name="Subject">What was looked at, such as <c>glibc</c>.</param>
/// <param name="Value">What it is.</param>
/// <param name="Cure">What to do about it, or null where nothing is wrong.</param>
/// <param name="IsFailure">True where LdmMl cannot work like this; false for a remark.</param>
internal sealed record Finding(string Subject, string Value, string? Cure = null, bool IsFailure = false);
