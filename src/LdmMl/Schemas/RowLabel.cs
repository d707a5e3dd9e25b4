namespace LdmMl.Schemas;

/// <summary>The label of a row: a name, or a number from 0 if names are not known. Both are null if the row has none.</summary>
/// <param name="Name">The name.</param>
/// <param name="Number">The number.</param>
internal readonly record struct RowLabel(string? Name, long? Number)
{
    public bool IsMissing => Name is null && Number is null;
}
