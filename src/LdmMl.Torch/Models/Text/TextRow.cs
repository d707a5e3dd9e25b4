namespace LdmMl.Torch.Models.Text;

/// <summary>The text of one row for each encoder; rows with equal texts are equal.</summary>
internal sealed record TextRow(IReadOnlyList<string> Texts)
{
    public bool Equals(TextRow? other) => other is not null && Texts.SequenceEqual(other.Texts, StringComparer.Ordinal);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var text in Texts)
            hash.Add(text, StringComparer.Ordinal);
        return hash.ToHashCode();
    }
}
