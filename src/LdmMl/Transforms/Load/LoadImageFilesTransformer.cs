using LdmMl.Internals;
using LdmMl.Rows;
using LdmMl.Schemas;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Transforms.Load;

/// <summary>Appends images loaded from files.</summary>
internal sealed class LoadImageFilesTransformer : RowTransformer, IStoredTransformer<LoadImageFilesTransformer>
{
    internal const string LoaderName = "LdmMlLoadImageFiles";

    internal LoadImageFilesTransformer(IHostEnvironment environment, LoadImageFilesOptions options)
        : base(environment, StoredModelKind.Of<LoadImageFilesTransformer>(), options.CancellationToken) =>
        (Options, Columns) = (options, ColumnsOf(options));

    static StoredModelKind IStoredTransformer<LoadImageFilesTransformer>.Kind { get; } = new("LDM LOAD", LoaderName);

    internal LoadImageFilesOptions Options { get; }

    internal override RowColumns Columns { get; }

    /// <summary>Gets the columns: from paths to images.</summary>
    internal static RowColumns ColumnsOf(LoadImageFilesOptions options) =>
        RowColumns.Of([new(options.InputName, ColumnContent.Text)], _ => [new(options.OutputColumnName, new ImageDataViewType())]);

    internal override RowComputation ComputeRows(DataViewRow input, IReadOnlyList<bool> activeOutputs) =>
        new LoadImageFilesRunner(input, Columns.Find(input.Schema)[0], Options, Host);

    static LoadImageFilesTransformer IStoredTransformer<LoadImageFilesTransformer>.Read(IHostEnvironment environment, ModelReader reader) =>
        new(environment, reader.ReadOptions(OptionsJson.Default.LoadImageFilesOptions, PositionalOptions.ReadLoading));

    private protected override void Write(ModelWriter writer) => writer.WriteOptions(Options, OptionsJson.Default.LoadImageFilesOptions);
}
