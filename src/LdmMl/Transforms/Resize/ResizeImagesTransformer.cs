using LdmMl.Internals;
using LdmMl.Rows;
using LdmMl.Schemas;
using LdmMl.Transforms;
using LdmMl.Transforms.Resize;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;

namespace LdmMl;

/// <summary>Makes a <see cref="ResizeImagesTransformer"/>. Nothing is trained: <c>Fit</c> only checks the schema.</summary>
public sealed class ResizeImagesEstimator : RowEstimator<ResizeImagesTransformer>
{
    internal ResizeImagesEstimator(IHostEnvironment environment, ResizeImagesOptions options)
        : base(new ResizeImagesColumns(options), () => new ResizeImagesTransformer(environment, options))
    {
    }
}

/// <summary>Appends images resized to one size.</summary>
/// <remarks>A missing image stays missing.</remarks>
public sealed class ResizeImagesTransformer : RowTransformer, IStoredTransformer<ResizeImagesTransformer>
{
    internal const string LoaderName = "LdmMlResizeImages";

    internal ResizeImagesTransformer(IHostEnvironment environment, ResizeImagesOptions options)
        : base(environment, Kind, options.CancellationToken)
    {
        Options = options;
        Columns = new ResizeImagesColumns(options);
        Computer = new RowByRowComputer(ThrowIfCanceled, row => new ResizeImagesRunner(row, Columns.Find(row.Schema)[0], options));
    }

    internal static StoredModelKind Kind { get; } = new("LDM RESI", LoaderName);

    static StoredModelKind IStoredTransformer<ResizeImagesTransformer>.Kind => Kind;

    internal ResizeImagesOptions Options { get; }

    internal override RowColumns Columns { get; }

    internal override RowComputer Computer { get; }

    static ResizeImagesTransformer IStoredTransformer<ResizeImagesTransformer>.Read(IHostEnvironment environment, ModelReader reader) =>
        new(environment, reader.ReadOptions(OptionsJson.Default.ResizeImagesOptions, PositionalOptions.ReadResizing));

    private protected override void Write(ModelWriter writer) => writer.WriteOptions(Options, OptionsJson.Default.ResizeImagesOptions);
}

/// <summary>The columns of resizing: images in, images of one size out.</summary>
internal sealed class ResizeImagesColumns(ResizeImagesOptions options) : RowColumns
{
    public override IReadOnlyList<ColumnNeed> Inputs { get; } = [new(options.InputName, ColumnContent.Image)];

    public override IReadOnlyList<DataViewSchema.DetachedColumn> Outputs(IReadOnlyList<DataViewType> inputs) =>
        [new(options.OutputColumnName, new ImageDataViewType(options.ImageHeight, options.ImageWidth))];
}
