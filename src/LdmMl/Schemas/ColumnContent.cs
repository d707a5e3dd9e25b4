namespace LdmMl.Schemas;

/// <summary>The kind of content that a transformer needs in a column.</summary>
internal enum ColumnContent
{
    /// <summary>Images.</summary>
    Image,

    /// <summary>Vectors of Single.</summary>
    SingleVector,

    /// <summary>Feature vectors, Single.</summary>
    Features,

    /// <summary>Seeds of random numbers, Int64 or Int32.</summary>
    Seed,

    /// <summary>Seeds of random numbers, Int64, Int32, or Double, where NaN means none.</summary>
    RowSeed,

    /// <summary>Labels: texts, keys, or numbers.</summary>
    Label,

    /// <summary>Tokens, vectors of Single.</summary>
    Tokens,

    /// <summary>Fractions from 0 to 1, Single.</summary>
    Fraction,

    /// <summary>Text.</summary>
    Text,

    /// <summary>Captions: text, or vectors of text.</summary>
    Captions,
}
