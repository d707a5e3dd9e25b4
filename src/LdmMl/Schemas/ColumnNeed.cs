using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Schemas;

/// <summary>A column that a transformer reads, checked in the same words before there is data (SchemaShape) and with it (DataViewSchema).</summary>
internal sealed record ColumnNeed(string Name, ColumnContent Content)
{
    private static readonly TextDataViewType TextType = TextDataViewType.Instance;

    /// <exception cref="ArgumentException">There is no such column, or it holds something else.</exception>
    public DataViewSchema.Column Find(DataViewSchema schema)
    {
        if (schema.GetColumnOrNull(Name) is not { } column)
            throw Missing(schema.Where(c => !c.IsHidden).Select(c => c.Name));
        return Fits(column.Type is VectorDataViewType, (column.Type as VectorDataViewType)?.ItemType ?? column.Type)
            ? column
            : throw Mismatch(column.Type);
    }

    /// <exception cref="ArgumentException">There is no such column, or it holds something else.</exception>
    public SchemaShape.Column Find(SchemaShape schema)
    {
        foreach (SchemaShape.Column column in schema)
        {
            if (column.Name != Name)
                continue;
            bool isVector = column.Kind != SchemaShape.Column.VectorKind.Scalar;
            return Fits(isVector, column.ItemType)
                ? column
                : throw Mismatch(isVector ? $"{column.Kind}<{column.ItemType}>" : column.ItemType);
        }

        throw Missing(schema.Select(column => column.Name));
    }

    private bool Fits(bool isVector, DataViewType itemType) => Content switch
    {
        ColumnContent.Image => !isVector && itemType is ImageDataViewType,
        ColumnContent.SingleVector or ColumnContent.Features => isVector && itemType.Equals(NumberDataViewType.Single),
        ColumnContent.Seed => !isVector && itemType.Equals(NumberDataViewType.Int64),
        ColumnContent.Fraction => !isVector && itemType.Equals(NumberDataViewType.Single),
        _ => !isVector && itemType.Equals(TextType),
    };

    private ArgumentException Missing(IEnumerable<string> names)
    {
        string present = string.Join(", ", names.Select(name => $"'{name}'"));
        return new ArgumentException($"There is no column '{Name}'; the input has {(present.Length == 0 ? "no columns" : present)}.");
    }

    private ArgumentException Mismatch(object given) => new($"Column '{Name}' holds {given}; {Wanted}");

    private string Wanted => Content switch
    {
        ColumnContent.Image => "images are needed. LoadImageFiles makes them from paths; a property of type MLImage holds them in memory.",
        ColumnContent.SingleVector => "latents are needed: Vector<Single, C, H, W>, as EncodeImages makes them.",
        ColumnContent.Features => "feature vectors of Single are needed. For images, give a feature model and the name of their column.",
        ColumnContent.Seed => "seeds are needed, of type Int64.",
        ColumnContent.Fraction => "fractions are needed, of type Single.",
        _ => "text is needed.",
    };
}
