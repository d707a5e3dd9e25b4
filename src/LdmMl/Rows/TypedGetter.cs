using Microsoft.ML;

namespace LdmMl.Rows;

/// <summary>The check that ML.NET's own rows make when a getter is asked for.</summary>
internal static class TypedGetter
{
    public static ValueGetter<TValue> Cast<TValue>(Delegate getter, DataViewSchema.Column column) =>
        getter as ValueGetter<TValue>
            ?? throw new InvalidOperationException($"Column '{column.Name}' holds {column.Type.RawType}, not {typeof(TValue)}.");
}
