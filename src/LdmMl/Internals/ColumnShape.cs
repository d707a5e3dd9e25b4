using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Internals;

/// <summary>Creates columns of schema shapes.</summary>
internal static class ColumnShape
{
    /// <summary>Describes a column of the given type.</summary>
    public static SchemaShape.Column Of(string name, DataViewType type)
    {
        if (type is not VectorDataViewType vector)
            return new SchemaShape.Column(name, SchemaShape.Column.VectorKind.Scalar, type, isKey: false);
        var kind = vector.IsKnownSize ? SchemaShape.Column.VectorKind.Vector : SchemaShape.Column.VectorKind.VariableVector;
        return new SchemaShape.Column(name, kind, vector.ItemType, isKey: false);
    }
}
