namespace LdmMl.Torch.Arguments;

/// <summary>A value in a <see cref="Wording"/> that is chosen by name without being an enum: a sampler.</summary>
internal readonly record struct WordingChoice(string Name)
{
    public override string ToString() => Name;
}
