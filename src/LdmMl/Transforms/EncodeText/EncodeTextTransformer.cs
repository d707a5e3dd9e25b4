using LdmMl.Internals;
using LdmMl.Models;
using LdmMl.Rows;
using LdmMl.Schemas;
using LdmMl.Torch.Models.Text;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace LdmMl.Transforms.EncodeText;

/// <summary>Appends texts encoded as tokens: Vector&lt;Single, tokens, width&gt;.</summary>
/// <remarks>A missing text counts as empty.</remarks>
internal sealed class EncodeTextTransformer : ModelTransformer<TextEncoderModel>, IStoredTransformer<EncodeTextTransformer>
{
    internal const string LoaderName = "LdmMlEncodeText";

    internal EncodeTextTransformer(IHostEnvironment environment, TextEncoderModel encoder, EncodeTextOptions options)
        : base(environment, StoredModelKind.Of<EncodeTextTransformer>(), encoder, options, model => ColumnsOf(model, options)) =>
        Options = options;

    static StoredModelKind IStoredTransformer<EncodeTextTransformer>.Kind { get; } = new("LDM ENCT", LoaderName);

    internal EncodeTextOptions Options { get; }

    /// <summary>Gets the columns: texts in; tokens, and the vector of the whole text if requested, out.</summary>
    internal static RowColumns ColumnsOf(TextEncoderModel encoder, EncodeTextOptions options)
    {
        var tokens = new DataViewSchema.DetachedColumn(
            options.OutputColumnName, new VectorDataViewType(NumberDataViewType.Single, encoder.Tokens, encoder.Width));
        return RowColumns.Of([new ColumnNeed(options.InputName, ColumnContent.Text)], _ => options.PooledColumnName is { } pooled
            ? [tokens, new DataViewSchema.DetachedColumn(pooled, new VectorDataViewType(NumberDataViewType.Single, encoder.PooledWidth!.Value))]
            : [tokens]);
    }

    static EncodeTextTransformer IStoredTransformer<EncodeTextTransformer>.Read(IHostEnvironment environment, ModelReader reader)
    {
        var options = reader.ReadOptions(
            OptionsJson.Default.EncodeTextOptions, _ => throw new FormatException("The model file is older than the transform that it names."));
        return TextEncoderEntry.Read(reader, model => new EncodeTextTransformer(environment, model, options));
    }

    private protected override BatchRunner CreateRunner(DataViewRow input, IReadOnlyList<bool> activeOutputs) =>
        new EncodeTextRunner(Model.Share(), input, Options);

    private protected override void Write(ModelWriter writer)
    {
        writer.WriteOptions(Options, OptionsJson.Default.EncodeTextOptions);
        TextEncoderEntry.Write(writer, Model);
    }
}
