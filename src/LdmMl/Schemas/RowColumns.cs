using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Schemas;

/// <summary>The columns that a row transformer reads and appends, declared once for its estimator and for its own schema.</summary>
internal abstract class RowColumns
{
    /// <summary>Creates the columns of a transformer that only reads some columns and appends others.</summary>
    /// <param name="inputs">The columns that are read.</param>
    /// <param name="outputs">Describes the columns that are appended, from the types of those; see <see cref="Outputs"/>.</param>
    public static RowColumns Of(
        IReadOnlyList<ColumnNeed> inputs, Func<IReadOnlyList<DataViewType>, IReadOnlyList<DataViewSchema.DetachedColumn>> outputs) =>
        new Stated(inputs, outputs);

    /// <summary>Gets the columns that are read.</summary>
    public abstract IReadOnlyList<ColumnNeed> Inputs { get; }

    /// <summary>Describes the columns that are appended.</summary>
    /// <param name="inputs">
    /// The types of <see cref="Inputs"/>, without those of optional columns that do not exist. A SchemaShape says that a vector has a fixed
    /// size, but not which; the type is then that of the items.
    /// </param>
    /// <exception cref="ArgumentException">A type does not fit.</exception>
    public abstract IReadOnlyList<DataViewSchema.DetachedColumn> Outputs(IReadOnlyList<DataViewType> inputs);

    /// <exception cref="ArgumentException">A column is missing, or holds something else.</exception>
    public IReadOnlyList<DataViewSchema.Column> Find(DataViewSchema input) =>
        [.. Inputs.Select(need => need.FindIfThere(input)).OfType<DataViewSchema.Column>()];

    /// <exception cref="ArgumentException">A column is missing, or its type does not fit.</exception>
    public IReadOnlyList<DataViewSchema.DetachedColumn> Describe(DataViewSchema input) => Outputs([.. Find(input).Select(column => column.Type)]);

    /// <summary>Appends the promised columns; they hide columns of the same name.</summary>
    /// <exception cref="ArgumentException">A column is missing, or its type does not fit.</exception>
    public virtual SchemaShape Promise(SchemaShape input)
    {
        var outputs = Outputs([.. Present(input).Select(need => need.Find(input).ItemType)]);
        return SchemaShapes.With(input, outputs.Select(output => (output.Name, output.Type)));
    }

    private IEnumerable<ColumnNeed> Present(SchemaShape input) =>
        Inputs.Where(need => !need.IsOptional || input.Any(column => column.Name == need.Name));

    private sealed class Stated(
        IReadOnlyList<ColumnNeed> inputs, Func<IReadOnlyList<DataViewType>, IReadOnlyList<DataViewSchema.DetachedColumn>> outputs) : RowColumns
    {
        public override IReadOnlyList<ColumnNeed> Inputs => inputs;

        public override IReadOnlyList<DataViewSchema.DetachedColumn> Outputs(IReadOnlyList<DataViewType> inputs) => outputs(inputs);
    }
}
