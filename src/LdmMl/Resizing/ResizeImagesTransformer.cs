using LdmMl.Autoencoders;
using LdmMl.Batching;
using LdmMl.Internals;
using LdmMl.Resizing;
using LdmMl.Schemas;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;

namespace LdmMl;

/// <summary>Appends images brought to one size.</summary>
/// <remarks>A missing image stays missing. Images live until the cursor's next row: whoever keeps one copies it.</remarks>
public sealed class ResizeImagesTransformer : RowTransformer, IStoredTransformer<ResizeImagesTransformer>
{
    private readonly ResizeImagesOptions _options;

    internal ResizeImagesTransformer(IHostEnvironment environment, ResizeImagesOptions options)
        : base(environment, nameof(ResizeImagesTransformer))
        => _options = options;

    static StoredModelKind IStoredTransformer<ResizeImagesTransformer>.Kind { get; } = new("LDM RESI", "LdmMlResizeImages");

    internal override StoredModelKind StoredKind => StoredKindOf<ResizeImagesTransformer>();

    private ColumnNeed Image => new(_options.InputName, ColumnContent.Image);

    static ResizeImagesTransformer IStoredTransformer<ResizeImagesTransformer>.Read(IHostEnvironment environment, ModelReader reader)
        => new(environment, new ResizeImagesOptions
        {
            OutputColumnName = reader.ReadString(),
            InputColumnName = reader.ReadString(),
            Width = reader.ReadInt32(),
            Height = reader.ReadInt32(),
            Fit = reader.ReadEnum<ImageFit>(),
            Filter = reader.ReadEnum<ResizeFilter>(),
            Background = StoredOptions.ReadColor(reader),
        });

    internal override IReadOnlyList<DataViewSchema.DetachedColumn> DescribeOutputs(DataViewSchema input)
    {
        Image.Find(input);
        return [new DataViewSchema.DetachedColumn(_options.OutputColumnName, new ImageDataViewType(_options.Height, _options.Width))];
    }

    internal override IReadOnlyList<DataViewSchema.Column> FindInputs(DataViewSchema input) => [Image.Find(input)];

    internal override RowComputation ComputeRows(DataViewRow input, IReadOnlyList<bool> activeOutputs)
        => new ResizeComputation(input, Image.Find(input.Schema), _options);

    private protected override void Write(ModelWriter writer)
    {
        writer.Write(_options.OutputColumnName);
        writer.Write(_options.InputName);
        writer.Write(_options.Width);
        writer.Write(_options.Height);
        writer.Write(_options.Fit);
        writer.Write(_options.Filter);
        StoredOptions.WriteColor(writer, _options.Background);
    }
}
