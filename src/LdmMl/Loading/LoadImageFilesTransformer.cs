using LdmMl.Batching;
using LdmMl.Internals;
using LdmMl.Loading;
using LdmMl.Schemas;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>Appends the images that lie in files.</summary>
/// <remarks>Images live until the cursor's next row: whoever keeps one copies it.</remarks>
public sealed class LoadImageFilesTransformer : RowTransformer, IStoredTransformer<LoadImageFilesTransformer>
{
    private readonly LoadImageFilesOptions options;

    internal LoadImageFilesTransformer(IHostEnvironment environment, LoadImageFilesOptions options)
        : base(environment, nameof(LoadImageFilesTransformer)) =>
        this.options = options;

    static StoredModelKind IStoredTransformer<LoadImageFilesTransformer>.Kind { get; } = new("LDM LOAD", "LdmMlLoadImageFiles");

    internal override StoredModelKind StoredKind => StoredKindOf<LoadImageFilesTransformer>();

    static LoadImageFilesTransformer IStoredTransformer<LoadImageFilesTransformer>.Read(IHostEnvironment environment, ModelReader reader) =>
        new(environment, new LoadImageFilesOptions
        {
            OutputColumnName = reader.ReadString(),
            InputColumnName = reader.ReadString(),
            ImageFolder = reader.ReadOptionalString(),
            Errors = reader.ReadEnum<ImageFileErrors>(),
        });

    internal override RowColumns Columns => new LoadingColumns(options);

    internal override RowComputation ComputeRows(DataViewRow input, IReadOnlyList<bool> activeOutputs) =>
        new ImageFileComputation(input, Columns.Find(input.Schema)[0], options, Host);

    private protected override void Write(ModelWriter writer)
    {
        writer.Write(options.OutputColumnName);
        writer.Write(options.InputName);
        writer.WriteOptional(options.ImageFolder);
        writer.Write(options.Errors);
    }
}
