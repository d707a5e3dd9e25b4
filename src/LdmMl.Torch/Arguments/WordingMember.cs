namespace LdmMl.Torch.Arguments;

/// <summary>A member of options in a <see cref="Wording"/>.</summary>
internal readonly record struct WordingMember(string Name);
