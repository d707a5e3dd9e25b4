using LdmMl.Autoencoders;
using LdmMl.Batching;
using LdmMl.Internals;
using LdmMl.Resizing;
using LdmMl.Schemas;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>Appends images brought to one size.</summary>
/// <remarks>A missing image stays missing. Images live until the cursor's next row: whoever keeps one copies it.</remarks>
public sealed class ResizeImagesTransformer : RowTransformer, IStoredTransformer<ResizeImagesTransformer>
{
    private readonly ResizeImagesOptions options;

    internal ResizeImagesTransformer(IHostEnvironment environment, ResizeImagesOptions options)
        : base(environment, nameof(ResizeImagesTransformer)) =>
        this.options = options;

    static StoredModelKind IStoredTransformer<ResizeImagesTransformer>.Kind { get; } = new("LDM RESI", "LdmMlResizeImages");

    internal override StoredModelKind StoredKind => StoredKindOf<ResizeImagesTransformer>();

    static ResizeImagesTransformer IStoredTransformer<ResizeImagesTransformer>.Read(IHostEnvironment environment, ModelReader reader) =>
        new(environment, new ResizeImagesOptions
        {
            OutputColumnName = reader.ReadString(),
            InputColumnName = reader.ReadString(),
            Width = reader.ReadInt32(),
            Height = reader.ReadInt32(),
            Fit = reader.ReadEnum<ImageFit>(),
            Filter = reader.ReadEnum<ResizeFilter>(),
            Background = StoredOptions.ReadColor(reader),
        });

    internal override RowColumns Columns => new ResizingColumns(options);

    internal override RowComputation ComputeRows(DataViewRow input, IReadOnlyList<bool> activeOutputs) =>
        new ResizeComputation(input, Columns.Find(input.Schema)[0], options);

    private protected override void Write(ModelWriter writer)
    {
        writer.Write(options.OutputColumnName);
        writer.Write(options.InputName);
        writer.Write(options.Width);
        writer.Write(options.Height);
        writer.Write(options.Fit);
        writer.Write(options.Filter);
        StoredOptions.WriteColor(writer, options.Background);
    }
}
