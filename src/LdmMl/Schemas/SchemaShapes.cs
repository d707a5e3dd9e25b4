using LdmMl.Internals;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Schemas;

/// <summary>The output schemas that estimators promise.</summary>
internal static class SchemaShapes
{
    /// <summary>Appends a column, which hides any column of the same name.</summary>
    public static SchemaShape With(SchemaShape input, params IEnumerable<(string Name, DataViewType Type)> outputs)
    {
        var columns = input.ToDictionary(column => column.Name);
        foreach ((var name, var type) in outputs)
            columns[name] = ColumnShape.Of(name, type);
        return new SchemaShape(columns.Values);
    }
}
