using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Schemas;

/// <summary>A column of scores whose annotations say how they were computed; see <see cref="ScoreAnnotations"/>.</summary>
internal sealed class ScoreColumn
{
    // The name that ML.NET's GetSlotNames looks for; its own constant is internal.
    private const string SlotNames = "SlotNames";

    private readonly DataViewSchema.Annotations.Builder annotations = new();

    public ScoreColumn With(string annotation, string text)
    {
        annotations.Add(annotation, TextDataViewType.Instance, (ref ReadOnlyMemory<char> value) => value = text.AsMemory());
        return this;
    }

    public ScoreColumn With(string annotation, bool flag)
    {
        annotations.Add(annotation, BooleanDataViewType.Instance, (ref bool value) => value = flag);
        return this;
    }

    /// <summary>Sets the slot names of a vector.</summary>
    public ScoreColumn WithSlots(IReadOnlyList<string> names)
    {
        ReadOnlyMemory<char>[] values = [.. names.Select(name => name.AsMemory())];
        var type = new VectorDataViewType(TextDataViewType.Instance, values.Length);
        annotations.Add(SlotNames, type, (ref VBuffer<ReadOnlyMemory<char>> destination) => destination = new(values.Length, values));
        return this;
    }

    /// <summary>Describes the column.</summary>
    public DataViewSchema.DetachedColumn Describe(string name, DataViewType type) => new(name, type, annotations.ToAnnotations());
}
