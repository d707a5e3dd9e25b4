namespace LdmMl.Torch.Models.Text;

/// <summary>The text that each part of an encoder reads for one row; equal where the texts are.</summary>
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
