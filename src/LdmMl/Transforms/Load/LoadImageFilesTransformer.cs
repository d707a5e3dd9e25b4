using LdmMl.Internals;
using LdmMl.Rows;
using LdmMl.Schemas;
using LdmMl.Transforms;
using LdmMl.Transforms.Load;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;

namespace LdmMl;

/// <summary>Makes a <see cref="LoadImageFilesTransformer"/>. Nothing is trained: <c>Fit</c> only checks the schema.</summary>
public sealed class LoadImageFilesEstimator : RowEstimator<LoadImageFilesTransformer>
{
    internal LoadImageFilesEstimator(IHostEnvironment environment, LoadImageFilesOptions options)
        : base(new LoadImageFilesColumns(options), () => new LoadImageFilesTransformer(environment, options))
    {
    }
}

/// <summary>Appends the images in files.</summary>
public sealed class LoadImageFilesTransformer : RowTransformer, IStoredTransformer<LoadImageFilesTransformer>
{
    internal const string LoaderName = "LdmMlLoadImageFiles";

    internal LoadImageFilesTransformer(IHostEnvironment environment, LoadImageFilesOptions options)
        : base(environment, Kind, options.CancellationToken)
    {
        Options = options;
        Columns = new LoadImageFilesColumns(options);
        Computer = new RowByRowComputer(ThrowIfCanceled, row => new LoadImageFilesRunner(row, Columns.Find(row.Schema)[0], options, Host));
    }

    internal static StoredModelKind Kind { get; } = new("LDM LOAD", LoaderName);

    static StoredModelKind IStoredTransformer<LoadImageFilesTransformer>.Kind => Kind;

    internal LoadImageFilesOptions Options { get; }

    internal override RowColumns Columns { get; }

    internal override RowComputer Computer { get; }

    static LoadImageFilesTransformer IStoredTransformer<LoadImageFilesTransformer>.Read(IHostEnvironment environment, ModelReader reader) =>
        new(environment, reader.ReadOptions(OptionsJson.Default.LoadImageFilesOptions, PositionalOptions.ReadLoading));

    private protected override void Write(ModelWriter writer) => writer.WriteOptions(Options, OptionsJson.Default.LoadImageFilesOptions);
}

/// <summary>The columns of loading: paths in, images out.</summary>
internal sealed class LoadImageFilesColumns(LoadImageFilesOptions options) : RowColumns
{
    public override IReadOnlyList<ColumnNeed> Inputs { get; } = [new(options.InputName, ColumnContent.Text)];

    public override IReadOnlyList<DataViewSchema.DetachedColumn> Outputs(IReadOnlyList<DataViewType> inputs) =>
        [new(options.OutputColumnName, new ImageDataViewType())];
}
