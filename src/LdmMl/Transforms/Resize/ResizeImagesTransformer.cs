using LdmMl.Internals;
using LdmMl.Rows;
using LdmMl.Schemas;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Transforms.Resize;

/// <summary>Appends images resized to one size.</summary>
/// <remarks>A missing image stays missing.</remarks>
internal sealed class ResizeImagesTransformer : RowTransformer, IStoredTransformer<ResizeImagesTransformer>
{
    internal const string LoaderName = "LdmMlResizeImages";

    internal ResizeImagesTransformer(IHostEnvironment environment, ResizeImagesOptions options)
        : base(environment, StoredModelKind.Of<ResizeImagesTransformer>(), options.CancellationToken) =>
        (Options, Columns) = (options, ColumnsOf(options));

    static StoredModelKind IStoredTransformer<ResizeImagesTransformer>.Kind { get; } = new("LDM RESI", LoaderName);

    internal ResizeImagesOptions Options { get; }

    internal override RowColumns Columns { get; }

    /// <summary>Gets the columns: images in, images of one size out.</summary>
    internal static RowColumns ColumnsOf(ResizeImagesOptions options) => RowColumns.Of(
        [new(options.InputName, ColumnContent.Image)],
        _ => [new(options.OutputColumnName, new ImageDataViewType(options.ImageHeight, options.ImageWidth))]);

    internal override RowComputation ComputeRows(DataViewRow input, IReadOnlyList<bool> activeOutputs) =>
        new ResizeImagesRunner(input, Columns.Find(input.Schema)[0], Options);

    static ResizeImagesTransformer IStoredTransformer<ResizeImagesTransformer>.Read(IHostEnvironment environment, ModelReader reader) =>
        new(environment, reader.ReadOptions(OptionsJson.Default.ResizeImagesOptions, PositionalOptions.ReadResizing));

    private protected override void Write(ModelWriter writer) => writer.WriteOptions(Options, OptionsJson.Default.ResizeImagesOptions);
}
