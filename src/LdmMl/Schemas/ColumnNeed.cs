using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Schemas;

/// <summary>
/// A column that a transformer reads, checked with the same messages before there is data (SchemaShape) and with data (DataViewSchema).
/// </summary>
internal sealed record ColumnNeed(string Name, ColumnContent Content)
{
    /// <summary>Gets whether the column may be missing; if it is present, its type is checked.</summary>
    public bool IsOptional { get; init; }

    /// <exception cref="ArgumentException">There is no such column, or it holds something else.</exception>
    public DataViewSchema.Column Find(DataViewSchema schema)
    {
        if (schema.GetColumnOrNull(Name) is not { } column)
            throw Missing(schema.Where(c => !c.IsHidden).Select(c => c.Name));
        var itemType = (column.Type as VectorDataViewType)?.ItemType ?? column.Type;
        var isKey = itemType is KeyDataViewType;
        return Fits(column.Type is VectorDataViewType, isKey, isKey && itemType.RawType == typeof(uint) ? NumberDataViewType.UInt32 : itemType)
            ? column
            : throw Mismatch(column.Type);
    }

    /// <summary>Finds the column; null if it is missing and optional.</summary>
    /// <exception cref="ArgumentException">There is no such column and there must be one, or it holds something else.</exception>
    public DataViewSchema.Column? FindIfThere(DataViewSchema schema) => IsOptional && schema.GetColumnOrNull(Name) is null ? null : Find(schema);

    /// <exception cref="ArgumentException">There is no such column, or it holds something else.</exception>
    public SchemaShape.Column Find(SchemaShape schema)
    {
        foreach (var column in schema)
        {
            if (column.Name != Name)
                continue;
            var isVector = column.Kind != SchemaShape.Column.VectorKind.Scalar;
            return Fits(isVector, column.IsKey, column.ItemType)
                ? column
                : throw Mismatch(isVector ? $"{column.Kind}<{column.ItemType}>" : column.ItemType);
        }

        throw Missing(schema.Select(column => column.Name));
    }

    private bool Fits(bool isVector, bool isKey, DataViewType itemType) => !isKey
        ? (isVector == IsVector || Content == ColumnContent.Captions) && (Content == ColumnContent.Image ? itemType is ImageDataViewType : ItemTypes.Contains(itemType))
        : !isVector && Content == ColumnContent.Label && itemType.Equals(NumberDataViewType.UInt32);

    private bool IsVector => Content is ColumnContent.SingleVector or ColumnContent.Features or ColumnContent.Tokens;

    private DataViewType[] ItemTypes => Content switch
    {
        ColumnContent.SingleVector or ColumnContent.Features or ColumnContent.Tokens or ColumnContent.Fraction => [NumberDataViewType.Single],
        ColumnContent.Seed => [NumberDataViewType.Int64, NumberDataViewType.Int32],
        ColumnContent.RowSeed => [NumberDataViewType.Int64, NumberDataViewType.Int32, NumberDataViewType.Double],
        ColumnContent.Label => [TextDataViewType.Instance, NumberDataViewType.Int32],
        _ => [TextDataViewType.Instance],
    };

    private ArgumentException Missing(IEnumerable<string> names)
    {
        var present = string.Join(", ", names.Select(name => $"'{name}'"));
        return new ArgumentException($"There is no column '{Name}'; the input has {(present.Length == 0 ? "no columns" : present)}.{Hint}");
    }

    private ArgumentException Mismatch(object given) => new($"Column '{Name}' holds {given}; {Wanted}");

    private string Hint => Content switch
    {
        ColumnContent.RowSeed => " Every row needs a seed: name the column of seeds in SeedColumnName, or give SeedOffset, from which seeds are counted.",
        ColumnContent.Text =>
            " If the model was trained in a chain that begins with files, use only the trained transformer: chain.LastTransformer.",
        _ => "",
    };

    private string Wanted => Content switch
    {
        ColumnContent.Image => "images are needed. LoadImageFiles loads them from paths; a property of type MLImage holds them in memory.",
        ColumnContent.SingleVector => "latents are needed: Vector<Single, C, H, W>, as EncodeImages makes them.",
        ColumnContent.Features => "feature vectors of Single are needed. For images, give a feature model and the name of their column.",
        ColumnContent.Tokens => "tokens are needed: Vector<Single, tokens, dimension>.",
        ColumnContent.Seed => "seeds are needed, of type Int64 or Int32.",
        ColumnContent.RowSeed => "seeds are needed, of type Int64, Int32, or Double with NaN for a row without a seed.",
        ColumnContent.Label => "labels are needed: text, a key (MapValueToKey makes them of texts), or Int32, the label's number from 0.",
        ColumnContent.Captions => "captions are needed: text, or vectors of text with several wordings for each image.",
        ColumnContent.Fraction => "fractions are needed, of type Single.",
        _ => "text is needed.",
    };
}
